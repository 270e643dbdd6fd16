import { randomUUID } from 'node:crypto';
import { InvalidPathSegment, UpstreamUnavailable } from '../../../upstream/client/upstream-errors.js';
import { getCredential } from '../../../upstream/inkeep/credential.js';
import type { ProjectKey, ToolKey } from '../../../upstream/inkeep/keys.js';
import { createTool, deleteTool, type ToolBody, type UpstreamTool, updateTool } from '../../../upstream/inkeep/tool.js';
import { builder } from '../../core/builder.js';
import type { GraphContext } from '../../core/context.js';
import { given } from '../../core/input-checks.js';
import { write } from '../../core/run-mutation.js';
import { ConflictError, InvalidInputError } from '../../core/user-errors.js';
import { Project, type ProjectRef, projectRef } from '../project.js';
import {
  McpServerConfigInput,
  readCreateTool,
  readDeleteTool,
  readUpdateTool,
  toolBody,
  toToolInputPath,
} from './inputs.js';
import { loadStoredTool } from './loader.js';
import { Tool, ToolId, type ToolRef, toolRef } from './ref.js';

const CreateToolInput = builder.inputType('CreateToolInput', {
  description: 'A new tool.',
  fields: (t) => ({
    project: t.id({ required: true, description: 'Global id of the project it belongs to.' }),
    toolId: t.string({
      description: 'The upstream id to give it: 1 to 255 letters, digits, "-", "_" or "."; generated where left out.',
    }),
    name: t.string({ required: true, description: 'Name shown to people, 1 to 256 characters.' }),
    description: t.string({ description: 'What it is for.' }),
    imageUrl: t.string({ description: 'Picture: an http(s) address, or a base64 data URL of up to 1 MB.' }),
    config: t.field({ type: McpServerConfigInput, required: true, description: 'Where the MCP server is.' }),
    headers: t.field({ type: 'JSONObject', description: 'HTTP headers to send to the MCP server, name to value.' }),
    credentialReferenceId: t.string({ description: 'The upstream’s id of the credential to show to the MCP server.' }),
    credentialScope: t.string({ description: 'Whose credential: `project` (where left out) or `user`.' }),
    capabilities: t.field({
      type: 'JSON',
      description: 'What the server can do, as an object; discovery overwrites it.',
    }),
  }),
});

const UpdateToolInput = builder.inputType('UpdateToolInput', {
  description: 'Changes to a tool. A field left out stays as it is; null clears it; `config` is replaced as a whole.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id of the tool.' }),
    name: t.string({ description: 'Name shown to people, 1 to 256 characters; cannot be cleared.' }),
    description: t.string({ description: 'What it is for.' }),
    imageUrl: t.string({ description: 'Picture: an http(s) address, or a base64 data URL of up to 1 MB.' }),
    config: t.field({ type: McpServerConfigInput, description: 'Where the MCP server is; cannot be cleared.' }),
    headers: t.field({ type: 'JSONObject', description: 'HTTP headers to send to the MCP server, all of them anew.' }),
    credentialReferenceId: t.string({ description: 'The upstream’s id of the credential to show to the MCP server.' }),
    credentialScope: t.string({ description: 'Whose credential: `project` or `user`; null: `project`.' }),
    capabilities: t.field({
      type: 'JSON',
      description: 'What the server can do, as an object; discovery overwrites it.',
    }),
  }),
});

const DeleteToolInput = builder.inputType('DeleteToolInput', {
  description: 'A tool to delete.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Global id of the tool.' }) }),
});

const CreateToolPayload = builder.objectRef<{ tool: ToolRef }>('CreateToolPayload').implement({
  description: 'The tool is registered.',
  fields: (t) => ({
    tool: t.expose('tool', {
      type: Tool,
      nullable: false,
      description: 'The new tool. The upstream has just looked at it: live fields cost nothing more.',
    }),
  }),
});

const UpdateToolPayload = builder.objectRef<{ tool: ToolRef }>('UpdateToolPayload').implement({
  description: 'The tool is changed.',
  fields: (t) => ({
    tool: t.expose('tool', {
      type: Tool,
      nullable: false,
      description: 'The tool as it is now. The upstream has just looked at it: live fields cost nothing more.',
    }),
  }),
});

const DeleteToolPayload = builder.objectRef<{ deletedId: string; project: ProjectRef }>('DeleteToolPayload').implement({
  description: 'The tool is deleted, and with it every relation to it.',
  fields: (t) => ({
    deletedId: t.exposeID('deletedId', { nullable: false, description: 'Global id of the tool that is gone.' }),
    project: t.expose('project', { type: Project, nullable: false, description: 'The project it belonged to.' }),
  }),
});

builder.mutationFields((t) => ({
  createTool: t.field({
    type: CreateToolPayload,
    extensions: { upstream: 'inkeep' },
    nullable: true,
    errors: {},
    description: 'Registers an MCP server as a tool. The upstream dials it before it answers, which takes up to 10 s.',
    args: { input: t.arg({ type: CreateToolInput, required: true, description: 'The new tool.' }) },
    resolve: (_root, { input }, context) => {
      const { project, toolId, ...fields } = readCreateTool(input);
      const options = { target: 'project', touches: project, conflict: ['toolId'], ...told(fields, 'toolId') };
      return write(context, options, async () => {
        const key = { ...project, toolId: toolId ?? randomUUID() };
        // The upstream answers 500 to a duplicate id, and to other problems too.
        if (toolId && (await loadStoredTool(context, key)) !== null) {
          throw new ConflictError('The project already has a tool with this id.', ['toolId']);
        }
        const body = { id: key.toolId, ...withoutCleared(toolBody(fields)) };
        const row = await createTool(context.operation, project, body).catch(
          unlessNoCredential(context, project, body),
        );
        return { tool: await writtenTool(context, key, row, { ...UNSET, ...body }) };
      });
    },
  }),
  updateTool: t.field({
    type: UpdateToolPayload,
    extensions: { upstream: 'inkeep' },
    nullable: true,
    errors: {},
    description: 'Changes a tool. The upstream dials its MCP server before it answers, which takes up to 10 s.',
    args: { input: t.arg({ type: UpdateToolInput, required: true, description: 'What to change.' }) },
    resolve: (_root, { input }, context) => {
      const { id: key, ...fields } = readUpdateTool(input);
      return write(context, { target: 'id', touches: key, ...told(fields, 'id') }, async () => {
        const body = toolBody(given(fields));
        const row = await updateTool(context.operation, key, body).catch(unlessNoCredential(context, key, body));
        return { tool: await writtenTool(context, key, row, body) };
      });
    },
  }),
  deleteTool: t.field({
    type: DeleteToolPayload,
    extensions: { upstream: 'inkeep' },
    nullable: true,
    errors: {},
    description:
      'Deletes a tool, and takes it from every sub-agent that has it. See `Tool.relations` for which these are.',
    args: { input: t.arg({ type: DeleteToolInput, required: true, description: 'The tool.' }) },
    resolve: (_root, { input }, context) => {
      const { id: key } = readDeleteTool(input);
      return write(context, { target: 'id', touches: key }, async () => {
        await deleteTool(context.operation, key);
        return { deletedId: ToolId.encode(key), project: projectRef(key) };
      });
    },
  }),
}));

/**
 * Handles a write that failed. The upstream answers 500 for a credential that it does not have (observed), as for anything else
 * that its database refuses, so the credential is looked up: InvalidInputError if it does not exist, the write's own error if
 * it does or if that cannot be told.
 */
function unlessNoCredential(context: GraphContext, project: ProjectKey, { credentialReferenceId }: ToolBody) {
  return async (error: unknown): Promise<never> => {
    const isServerError = error instanceof UpstreamUnavailable && error.call.status === 500;
    if (!isServerError || typeof credentialReferenceId !== 'string') throw error;
    if (await hasCredential(context, project, credentialReferenceId)) throw error;
    const message = 'The project has no credential of this id.';
    throw new InvalidInputError([{ path: ['credentialReferenceId'], message }]);
  };
}

/** False only if it is certain that the project has no such credential. */
async function hasCredential(context: GraphContext, project: ProjectKey, id: string): Promise<boolean> {
  try {
    return (await getCredential(context.operation, { ...project, credentialReferenceId: id }).row) !== null;
  } catch (error) {
    return !(error instanceof InvalidPathSegment);
  }
}

/** In a new row there is nothing to clear. */
function withoutCleared(body: ToolBody): ToolBody {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null && value !== ''));
}

/** What a new tool has where nothing was sent. */
const UNSET = { description: null, headers: null, credentialReferenceId: null, credentialScope: 'project' };

/**
 * The tool after a write that stored it. `row` is the upstream's answer; null if it could not be read, in which case the tool is
 * read anew. If that fails too, the tool has only what was sent.
 */
async function writtenTool(
  context: GraphContext,
  key: ToolKey,
  row: UpstreamTool | null | undefined,
  sent: ToolBody,
): Promise<ToolRef> {
  if (row) return toolRef(key, row, row);
  context.forgetReads();
  try {
    return toolRef(key, (await loadStoredTool(context, key)) ?? undefined);
  } catch (error) {
    return { ...toolRef(key), known: { sent: sent as Partial<UpstreamTool>, unread: error } };
  }
}

type Fields = Parameters<typeof toolBody>[0];

/** How the upstream's words about the fields of a tool reach a form. `id` is what the input calls the tool's own id. */
function told({ config, headers }: Fields, id: string) {
  const toInputPath = toToolInputPath(config?.toolOverrides ?? []);
  return {
    toInputPath: (path: readonly string[]) => (path[0] === 'id' ? [id] : toInputPath(path)),
    secrets: [headers, config?.transport],
  };
}
