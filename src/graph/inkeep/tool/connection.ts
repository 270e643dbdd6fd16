import type { ProjectKey } from '../../../upstream/inkeep/keys.js';
import { MAX_PAGE_SIZE } from '../../../upstream/inkeep/list.js';
import type { UpstreamTool } from '../../../upstream/inkeep/tool.js';
import { WHOLE_PAGE_PATIENCE_MS } from '../../../upstream/inkeep/tool-reader.js';
import type { Slice } from '../../../upstream/paging/window.js';
import { builder } from '../../core/builder.js';
import { type Connection, connectionOf, encodeCursor, sliceOf } from '../../core/connection.js';
import { defineConnection } from '../../core/connection-type.js';
import type { GraphContext } from '../../core/context.js';
import { nodesOf, selectedField } from '../../core/look-ahead.js';
import { wantsLive } from '../../core/prefetch.js';
import { TENANT_ARG, tenantOf } from '../../core/tenant.js';
import { Project } from '../project.js';
import { findTool, loadLiveTool } from './loader.js';
import { Tool, type ToolRef, toolRef } from './ref.js';
import { type Status, statusOf, ToolStatus } from './type.js';

export const ToolConnection = defineConnection(Tool, {
  page: 'A page of tools.',
  edge: 'A tool and its place in the list.',
  totalCount: 'Tools in the whole list; null for a list filtered by status, which the upstream cannot count.',
});

builder.objectFields(Project, (t) => ({
  tools: t.field({
    type: ToolConnection,
    nullable: true,
    description:
      'Its tools, newest first. One call per 100 rows; with live fields selected, the upstream dials the MCP server of each row on the page.',
    args: {
      status: t.arg({
        type: [ToolStatus],
        required: false,
        description:
          'Only tools with one of these statuses. The upstream cannot look them up: pages are walked, and every tool on them dialled, until the page is full.',
      }),
      ...t.arg.connectionArgs(),
    },
    resolve: async (project, { status, ...args }, context, info) => {
      const slice = sliceOf(args);
      if (status) return toolsWithStatus(context, project, new Set(status), slice);
      const isLive = nodesOf([selectedField(info)], 'Tool').some((tool) => wantsLive(info.schema, tool));
      const reader = context.inkeep.tools(project);
      const read = isLive ? await reader.liveWindow(slice) : await reader.storedWindow(slice);
      return connectionOf(read, (row) => toolRef({ ...project, toolId: row.id }, row));
    },
  }),
  tool: t.field({
    type: Tool,
    nullable: true,
    description: 'One of its tools; null where there is none. One call, or one per 100 tools of the project.',
    args: { toolId: t.arg.string({ required: true, description: 'The upstream’s own id of the tool.' }) },
    resolve: (project, { toolId }, context, info) =>
      findTool(context, { ...project, toolId }, selectedField(info), info),
  }),
}));

builder.queryFields((t) => ({
  tool: t.field({
    type: Tool,
    extensions: { upstream: 'inkeep' },
    nullable: true,
    description:
      'One tool; null where there is none. Costs one call per 100 tools of the project until it is found, or one look at its MCP server where live fields are selected.',
    args: {
      tenantId: t.arg.string(TENANT_ARG),
      projectId: t.arg.string({ required: true, description: 'The upstream’s id of the project.' }),
      toolId: t.arg.string({ required: true, description: 'The upstream’s own id of the tool.' }),
    },
    resolve: (_root, { tenantId, projectId, toolId }, context, info) => {
      const key = { tenantId: tenantOf(context, tenantId), projectId, toolId };
      return findTool(context, key, selectedField(info), info);
    },
  }),
}));

interface Match {
  readonly offset: number;
  readonly row: UpstreamTool;
}

/**
 * The upstream filters after paging, so its filtered pages have holes and lying totals. Here its pages are walked from the
 * cursor on, forward or backward, until the window is full and one row more tells whether it goes on.
 */
async function toolsWithStatus(
  context: GraphContext,
  project: ProjectKey,
  statuses: ReadonlySet<Status>,
  slice: Slice,
): Promise<Connection<ToolRef>> {
  const wanted = slice.first ?? slice.last ?? 0;
  const isBackward = slice.last !== undefined;
  const matches: Match[] = [];
  for await (const rows of statuses.size > 0 ? walk(context, project, slice, isBackward) : []) {
    const looks = await Promise.all(rows.map(({ row }) => loadLiveTool(context, { ...project, toolId: row.id })));
    const found = rows.filter((_, index) => {
      const tool = looks[index];
      return tool && statuses.has(statusOf(tool));
    });
    matches.push(...(isBackward ? found.reverse() : found));
    if (matches.length > wanted) break;
  }
  const page = matches.slice(0, wanted);
  if (isBackward) page.reverse();
  const edges = page.map(({ offset, row }) => ({
    cursor: encodeCursor(offset),
    node: toolRef({ ...project, toolId: row.id }, row),
  }));
  const goesOn = matches.length > wanted;
  return {
    edges,
    pageInfo: {
      hasNextPage: (goesOn && !isBackward) || slice.before !== undefined,
      hasPreviousPage: (goesOn && isBackward) || slice.from > 0,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: null,
  };
}

/** Rows of the slice's range, full upstream pages at a time, in walking direction. */
async function* walk(context: GraphContext, project: ProjectKey, slice: Slice, isBackward: boolean) {
  const reader = context.inkeep.tools(project);
  const pageBorder = (offset: number): number => Math.floor(offset / MAX_PAGE_SIZE) * MAX_PAGE_SIZE;
  if (isBackward) {
    const { total } = await reader.storedWindow({ from: 0, first: 0 });
    let end = Math.min(slice.before ?? total, total);
    while (end > slice.from) {
      const start = Math.max(slice.from, pageBorder(end - 1));
      yield (await reader.liveWindow({ from: start, first: end - start }, WHOLE_PAGE_PATIENCE_MS)).rows;
      end = start;
    }
    return;
  }
  for (let start = slice.from; ; ) {
    const end = Math.min(slice.before ?? Number.MAX_SAFE_INTEGER, pageBorder(start) + MAX_PAGE_SIZE);
    if (end <= start) return;
    const { rows, total } = await reader.liveWindow({ from: start, first: end - start }, WHOLE_PAGE_PATIENCE_MS);
    yield rows;
    if (end >= total) return;
    start = end;
  }
}
