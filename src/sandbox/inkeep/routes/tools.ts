import type { z } from 'zod';
import type { Caller } from '../env.js';
import type { Discovery } from '../mcp/discovery.js';
import { Problem } from '../problems.js';
import { changeTime, insertTimeMs } from '../store/clock.js';
import { probeCredential } from '../store/probe-credential.js';
import type { ProjectKey, ToolConfig, ToolRow } from '../store/rows.js';
import type { Store } from '../store/store.js';
import { type Define, PROJECT } from './operation.js';
import { mapPage, pageOf } from './paging.js';
import { ToolInsert, ToolListQuery, ToolUpdate } from './schemas.js';
import { credentialView, liveToolView, storedToolView } from './views.js';

const TOOLS = `${PROJECT}/tools`;

/** The tools of a project. Every response with tools waits for probes, except a list with `skipDiscovery=true`. */
export function defineTools(
  define: Define,
  store: Store,
  discovery: Discovery,
  updateMethods: readonly ('PUT' | 'PATCH')[],
): void {
  const live = async (row: ToolRow, caller: Caller, signal: AbortSignal) => {
    const { tool, finding } = await discovery.probe(row, signal);
    return liveToolView(tool, finding, probeCredential(store, tool, caller));
  };

  define({
    name: 'list-tools',
    methods: ['GET'],
    path: TOOLS,
    query: ToolListQuery,
    async handle({ project, query, caller, signal }) {
      const page = pageOf(store.tools.where(project), query);
      if (query.skipDiscovery === 'true') return mapPage(page, storedToolView);
      const data = await Promise.all(page.data.map((row) => live(row, caller, signal)));
      // The filter applies to the page, so the page can be short, and the totals do not change. (observed)
      return { ...page, data: query.status ? data.filter(({ status }) => status === query.status) : data };
    },
  });

  define({
    name: 'get-tool',
    methods: ['GET'],
    path: `${TOOLS}/:id`,
    handle: async ({ project, id, caller, signal }) => ({
      data: await live(present(store.tools.get({ ...project, id })), caller, signal),
    }),
  });

  define({
    name: 'create-tool',
    methods: ['POST'],
    path: TOOLS,
    body: ToolInsert,
    status: 201,
    async handle({ project, body, caller, signal }) {
      return { data: await live(store.insertTool(toolRow(project, body)), caller, signal) };
    },
  });

  define({
    name: 'update-tool',
    methods: updateMethods,
    path: `${TOOLS}/:id`,
    body: ToolUpdate,
    async handle({ project, id, body, caller, signal }) {
      const changes = toolChanges(body);
      const row = present(store.updateTool({ ...project, id }, { ...changes, updatedAt: changeTime() }));
      return { data: await live(row, caller, signal) };
    },
  });

  define({
    name: 'delete-tool',
    methods: ['DELETE'],
    path: `${TOOLS}/:id`,
    status: 204,
    handle: ({ project, id }) => present(store.deleteTool({ ...project, id })),
  });

  define({
    name: 'get-user-credential-for-tool',
    methods: ['GET'],
    path: `${TOOLS}/:id/user-credential`,
    handle({ project, id, caller }) {
      const [credential] = store.credentials.where({ ...project, toolId: id, userId: caller.userId });
      if (credential === undefined) throw new Problem('not_found', 'User credential not found for this tool');
      return { data: credentialView(credential) };
    },
  });
}

/** The row of a create-tool body. */
function toolRow(project: ProjectKey, body: z.output<typeof ToolInsert>): ToolRow {
  const createdAt = insertTimeMs();
  return {
    ...project,
    id: body.id,
    name: body.name,
    description: body.description ?? null,
    config: body.config as ToolConfig,
    credentialReferenceId: body.credentialReferenceId ?? null,
    credentialScope: body.credentialScope ?? 'project',
    headers: body.headers ?? null,
    imageUrl: body.imageUrl ?? null,
    capabilities: body.capabilities ?? null,
    lastError: body.lastError ?? null,
    isWorkApp: body.isWorkApp ?? false,
    createdAt,
    updatedAt: createdAt,
  };
}

/** The changes of an update body, in which `config` is complete. Throws bad_request if there are none. */
function toolChanges(body: z.output<typeof ToolUpdate>): Partial<ToolRow> {
  if (Object.keys(body).length === 0) throw new Problem('bad_request', 'No fields to update');
  return body as Partial<ToolRow>;
}

function present(tool: ToolRow | undefined): ToolRow {
  if (tool === undefined) throw new Problem('not_found', 'Tool not found');
  return tool;
}
