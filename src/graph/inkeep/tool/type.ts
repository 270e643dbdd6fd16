import type { UpstreamTool } from '../../../upstream/inkeep/tool.js';
import { memberOf } from '../../../upstream/known-row.js';
import { builder } from '../../core/builder.js';
import type { GraphContext } from '../../core/context.js';
import { rowFields } from '../../core/row-field.js';
import { Project, projectRef } from '../project.js';
import { loadLiveTool, loadStoredTool } from './loader.js';
import { McpServerConfig } from './mcp-server-config.js';
import { Tool, ToolId, type ToolRef } from './ref.js';

export type Status = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN' | 'NEEDS_AUTH' | 'UNAVAILABLE';

// A map: an object also has `constructor`, which an upstream may say.
const STATUSES: ReadonlyMap<string, Status> = new Map([
  ['healthy', 'HEALTHY'],
  ['unhealthy', 'UNHEALTHY'],
  ['needs_auth', 'NEEDS_AUTH'],
  ['unavailable', 'UNAVAILABLE'],
]);

/** The upstream's status as served; a word it has newly invented is UNKNOWN. */
export function statusOf(tool: { readonly status?: string | null | undefined }): Status {
  return STATUSES.get(tool.status ?? '') ?? 'UNKNOWN';
}

export const ToolStatus = builder.enumType('ToolStatus', {
  description: 'What the upstream found when it last asked the MCP server of a tool.',
  values: {
    HEALTHY: { description: 'The server answered and listed its functions.' },
    UNHEALTHY: { description: 'Something answered that is not a working MCP server.' },
    UNKNOWN: { description: 'The upstream does not say, or says something this API does not know.' },
    NEEDS_AUTH: { description: 'The server refused the credential it was shown, or was shown none.' },
    UNAVAILABLE: {
      description: 'The server could not be reached or did not answer within 10 s. No sign of a bad credential.',
    },
  },
});

const AvailableTool = builder
  .objectRef<NonNullable<UpstreamTool['availableTools']>[number]>('AvailableTool')
  .implement({
    description: 'A function that an MCP server offers.',
    fields: (t) => ({
      name: t.string({ nullable: false, description: 'Name the server gives it.', resolve: (tool) => tool.name }),
      description: t.string({
        description: 'What it does, as the server says; empty where it says nothing.',
        resolve: (tool) => tool.description,
      }),
      inputSchema: t.field({
        type: 'JSONObject',
        description: 'JSON Schema of its arguments, as the upstream renders it.',
        resolve: (tool) => tool.inputSchema,
      }),
    }),
  });

const read = rowFields(
  'stored',
  (tool: ToolRef) => tool.stored,
  (context, tool) => tool.readStored?.() ?? loadStoredTool(context, tool),
);

/** Options of a field that shows one stored member. If the tool could not be read back, the member that was sent is shown. */
function stored<Name extends keyof UpstreamTool & string, Value = UpstreamTool[Name]>(
  name: Name,
  show: (value: UpstreamTool[Name]) => Value | null | undefined = (value) => value as Value,
) {
  const field = read((row) => show(row[name]));
  return {
    ...field,
    resolve: (tool: ToolRef, args: object, context: GraphContext) =>
      tool.known ? (show(memberOf(tool.known, name)) ?? null) : field.resolve(tool, args, context),
  };
}

const live = rowFields('live', (tool: ToolRef) => tool.live, loadLiveTool);

Tool.implement({
  description:
    'An MCP server registered in a project. Its stored fields are read in pages of 100, for many tools at once. Live fields (`status`, `lastError`, `availableTools`, `version`, `expiresAt`, `createdBy`) make the upstream dial the MCP server, which takes up to 10 s: they are asked for only where selected.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id, for `node(id)` and for inputs named after a tool. Costs nothing.',
      resolve: (tool) => ToolId.encode(tool),
    }),
    tenantId: t.exposeString('tenantId', {
      nullable: false,
      description: 'The upstream’s id of the tenant. Costs nothing.',
    }),
    projectId: t.exposeString('projectId', {
      nullable: false,
      description: 'The upstream’s id of the project. Costs nothing.',
    }),
    toolId: t.exposeString('toolId', {
      nullable: false,
      description: 'The upstream’s own id, unique in the project. Costs nothing.',
    }),
    project: t.field({
      type: Project,
      nullable: false,
      description: 'The project it belongs to. Its ids cost nothing; other fields one call.',
      resolve: (tool) => projectRef(tool),
    }),
    name: t.string({ description: 'Name shown to people.', ...stored('name') }),
    description: t.string({ description: 'What it is for; null where unset.', ...stored('description') }),
    imageUrl: t.string({
      description: 'Picture: an http(s) address, or a data URL of up to 1 MB; null where unset.',
      ...stored('imageUrl', (url) => url || null),
    }),
    config: t.field({
      type: McpServerConfig,
      description: 'Where the MCP server is; null for a kind of tool that has none.',
      ...stored('config', (config) => config?.mcp),
    }),
    headers: t.field({
      type: 'JSONObject',
      description: 'HTTP headers sent to the MCP server, with their values: may hold secrets. Null where unset.',
      ...stored('headers'),
    }),
    headerNames: t.stringList({
      description: 'Names of these headers, for screens that must not show values. Null where unset.',
      ...stored('headers', (headers) => (headers ? Object.keys(headers) : null)),
    }),
    credentialReferenceId: t.string({
      description: 'The upstream’s id of the credential shown to the MCP server; null where none is.',
      ...stored('credentialReferenceId'),
    }),
    credentialScope: t.string({
      description:
        'Whose credential is shown: `project` (one for all) or `user` (each caller’s own). Other words may appear.',
      ...stored('credentialScope'),
    }),
    capabilities: t.field({
      type: 'JSON',
      description: 'What the server said it can do when it was last asked; null or empty before that.',
      ...stored('capabilities'),
    }),
    isWorkApp: t.boolean({
      description: 'Whether it belongs to a connected workplace app; null on servers that do not say.',
      ...stored('isWorkApp'),
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was registered.', ...stored('createdAt') }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last looked at: every discovery moves it. It does not tell an edit.',
      ...stored('updatedAt'),
    }),
    status: t.field({
      type: ToolStatus,
      description: 'Whether the MCP server works right now. Live: costs a look at it.',
      ...live(statusOf),
    }),
    lastError: t.string({
      description:
        'What went wrong at this look, in the upstream’s words, which may be long; null where nothing did. Live.',
      ...live((row) => row.lastError),
    }),
    availableTools: t.field({
      type: [AvailableTool],
      description:
        'Functions the server offers, whatever `config.activeTools` says; empty where it could not be asked. Live.',
      ...live((row) => row.availableTools),
    }),
    version: t.string({
      description: 'Version the server states; null where it states none. Live.',
      ...live((row) => row.version),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the credential in use ends; null where that is not known. Live.',
      ...live((row) => row.expiresAt),
    }),
    createdBy: t.string({
      description: 'Who registered it; null where the upstream does not say. Live.',
      ...live((row) => row.createdBy),
    }),
  }),
});
