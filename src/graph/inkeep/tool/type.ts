import { toRfc3339 } from '../../../upstream/date-time.js';
import type { UpstreamTool } from '../../../upstream/inkeep/tool.js';
import { builder } from '../../core/builder.js';
import type { GraphContext } from '../../core/context.js';
import { rowFields } from '../../core/reads/row-field.js';
import { Project, projectRef } from '../project.js';
import { loadLiveTool, loadStoredTool } from './loader.js';
import { McpServerConfig } from './mcp-server-config.js';
import { Tool, type ToolRef, toolRef } from './ref.js';

export type Status = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN' | 'NEEDS_AUTH' | 'UNAVAILABLE';

// A Map, because an object has members such as `constructor`, which an upstream could return.
const STATUSES: ReadonlyMap<string, Status> = new Map([
  ['healthy', 'HEALTHY'],
  ['unhealthy', 'UNHEALTHY'],
  ['needs_auth', 'NEEDS_AUTH'],
  ['unavailable', 'UNAVAILABLE'],
]);

/** The status of an upstream row. A status that this API does not know is UNKNOWN. */
export function statusOf(tool: { readonly status?: string | null | undefined }): Status {
  return STATUSES.get(tool.status ?? '') ?? 'UNKNOWN';
}

export const ToolStatus = builder.enumType('ToolStatus', {
  description: 'Result of the last probe of a tool’s MCP server.',
  values: {
    HEALTHY: { description: 'The server answered and listed its functions.' },
    UNHEALTHY: { description: 'Something answered, but it is not a working MCP server.' },
    UNKNOWN: { description: 'The upstream gives no status, or one that this API does not know.' },
    NEEDS_AUTH: { description: 'The server refused the credential, or there was none to send.' },
    UNAVAILABLE: {
      description:
        'The server could not be reached or did not answer within 10 s. This does not mean that the credential is bad.',
    },
  },
});

const AvailableTool = builder
  .objectRef<NonNullable<UpstreamTool['availableTools']>[number]>('AvailableTool')
  .implement({
    description: 'A function that an MCP server offers.',
    fields: (t) => ({
      name: t.string({ nullable: false, description: 'Its name on the server.', resolve: (tool) => tool.name }),
      description: t.string({
        description: 'What it does, as described by the server; empty if the server gives no description.',
        resolve: (tool) => tool.description,
      }),
      inputSchema: t.field({
        type: 'JSONObject',
        description: 'JSON Schema of its arguments, as the upstream returns it.',
        resolve: (tool) => tool.inputSchema,
      }),
    }),
  });

/** The stored fields, which are members of `ToolRef` with the same names. */
type StoredField =
  | 'name'
  | 'description'
  | 'imageUrl'
  | 'config'
  | 'headers'
  | 'headerNames'
  | 'credentialReferenceId'
  | 'credentialScope'
  | 'capabilities'
  | 'isWorkApp'
  | 'createdAt'
  | 'updatedAt';

/** Options of a stored field. Its row is loaded unless the ref has it. */
function stored<Name extends StoredField>(name: Name) {
  return {
    extensions: { needs: 'stored', isMember: true },
    nullable: true as const,
    resolve: (tool: ToolRef, _args: object, context: GraphContext): Resolved<ToolRef[Name]> => {
      if (tool.hasMembers) return tool[name];
      const row = tool.readStored?.() ?? loadStoredTool(context, tool);
      return row.then((loaded) => loaded && toolRef(tool, loaded)[name]);
    },
  };
}

type Resolved<Value> = Value | null | Promise<Value | null>;

const live = rowFields('live', (tool: ToolRef) => tool.live, loadLiveTool);

/** Options of a live field that tool-status has as well. If that call has no row of the tool, the tool is probed by itself. */
function statusField<Value>(pick: (row: Pick<UpstreamTool, 'status' | 'lastError'>) => Value | null | undefined) {
  const field = live(pick);
  return {
    ...field,
    resolve: (tool: ToolRef, args: object, context: GraphContext) =>
      tool.statuses === undefined
        ? field.resolve(tool, args, context)
        : tool.statuses.then((rows) => {
            const row = rows?.get(tool.toolId);
            return row ? (pick(row) ?? null) : field.resolve(tool, args, context);
          }),
  };
}

Tool.implement({
  description:
    'An MCP server that is registered in a project. Its stored fields are read in pages of 100, for many tools at once. The live fields (`status`, `lastError`, `availableTools`, `version`, `expiresAt`, `createdBy`) cause a probe: the upstream contacts the MCP server, which takes up to 10 s. A tool is probed only if live fields are selected.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.exposeID('id', {
      nullable: false,
      description: 'Global id, for `node(id)` and for inputs that name a tool. Needs no upstream call.',
    }),
    tenantId: t.exposeString('tenantId', {
      nullable: false,
      description: 'The upstream id of the tenant. Needs no upstream call.',
    }),
    projectId: t.exposeString('projectId', {
      nullable: false,
      description: 'The upstream id of the project. Needs no upstream call.',
    }),
    toolId: t.exposeString('toolId', {
      nullable: false,
      description: 'The upstream id, unique in the project. Needs no upstream call.',
    }),
    project: t.field({
      type: Project,
      nullable: false,
      description: 'The project it belongs to. Reading only its ids needs no upstream call; other fields need one.',
      resolve: (tool) => projectRef(tool),
    }),
    name: t.string({ description: 'Display name.', ...stored('name') }),
    description: t.string({ description: 'What it is for; null if not set.', ...stored('description') }),
    imageUrl: t.string({
      description: 'Picture: an http(s) URL, or a data URL of up to 1 MB; null if not set.',
      ...stored('imageUrl'),
    }),
    config: t.field({
      type: McpServerConfig,
      description: 'The MCP server and how it is used; null for a kind of tool without one.',
      ...stored('config'),
    }),
    headers: t.field({
      type: 'JSONObject',
      description: 'HTTP headers sent to the MCP server, with their values. May hold secrets. Null if not set.',
      ...stored('headers'),
    }),
    headerNames: t.stringList({
      description: 'Names of these headers, for pages that must not show their values. Null if not set.',
      ...stored('headerNames'),
    }),
    credentialReferenceId: t.string({
      description: 'The upstream id of the credential sent to the MCP server; null if there is none.',
      ...stored('credentialReferenceId'),
    }),
    credentialScope: t.string({
      description:
        'Whose credential is sent: `project` (one for all callers) or `user` (each caller’s own). Other values are possible.',
      ...stored('credentialScope'),
    }),
    capabilities: t.field({
      type: 'JSON',
      description: 'Capabilities of the server at the last probe; null or empty before the first one.',
      ...stored('capabilities'),
    }),
    isWorkApp: t.boolean({
      description: 'Whether it belongs to a connected workplace app; null if not known.',
      ...stored('isWorkApp'),
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was registered.', ...stored('createdAt') }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last edited or probed: every probe changes it, so it does not show the last edit.',
      ...stored('updatedAt'),
    }),
    status: t.field({
      type: ToolStatus,
      description: 'Whether the MCP server works now. Live: causes a probe.',
      ...statusField(statusOf),
    }),
    lastError: t.string({
      description:
        'Error message of the probe as the upstream returns it, which may be long; null if there was no error. Live.',
      ...statusField((row) => row.lastError),
    }),
    availableTools: t.field({
      type: [AvailableTool],
      description:
        'All functions that the server offers, regardless of `config.activeTools`; empty if the probe failed. Live.',
      ...live((row) => row.availableTools),
    }),
    version: t.string({
      description: 'Version that the server reports; null if it reports none. Live.',
      ...live((row) => row.version),
    }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When the credential in use expires; null if not known. Live.',
      ...live((row) => toRfc3339(row.expiresAt)),
    }),
    createdBy: t.string({
      description: 'Who registered it; null if not known. Live.',
      ...live((row) => row.createdBy),
    }),
  }),
});
