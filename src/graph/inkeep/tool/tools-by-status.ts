import type { ProjectKey } from '../../../upstream/inkeep/keys.js';
import { MAX_PAGE_SIZE } from '../../../upstream/inkeep/list.js';
import type { UpstreamTool } from '../../../upstream/inkeep/tool.js';
import type { Slice } from '../../../upstream/paging/window.js';
import { type Connection, Edge, PageInfo } from '../../core/connections/connection.js';
import type { GraphContext } from '../../core/context.js';
import { loadLiveTool } from './loader.js';
import { type ToolRef, toolRef } from './ref.js';
import { type Status, statusOf } from './type.js';

interface Match {
  readonly offset: number;
  readonly row: UpstreamTool;
}

/**
 * The tools with one of these statuses, as a connection without a total. The upstream filters after paging, so its filtered pages
 * are not full and its totals are wrong. Instead, unfiltered pages are read from the cursor, forward or backward, until the page is
 * full and one more match is found, which shows that there is a next page.
 */
export async function toolsWithStatus(
  context: GraphContext,
  project: ProjectKey,
  statuses: ReadonlySet<Status>,
  slice: Slice,
): Promise<Connection<ToolRef>> {
  const wanted = slice.first ?? slice.last ?? 0;
  const isBackward = slice.last !== undefined;
  const matches = statuses.size === 0 ? [] : await findMatches(context, project, statuses, slice);
  const page = matches.slice(0, wanted);
  if (isBackward) page.reverse();
  const edges = page.map(({ offset, row }) => new Edge(offset, toolRef({ ...project, toolId: row.id }, row)));
  const hasMore = matches.length > wanted;
  const pageInfo = new PageInfo(edges, {
    hasPreviousPage: (hasMore && isBackward) || slice.from > 0,
    hasNextPage: (hasMore && !isBackward) || slice.before !== undefined,
  });
  return { edges, pageInfo, totalCount: null };
}

/** The matches in the range of the slice, in the direction of reading: more than the slice has room for, or all that there are. */
async function findMatches(
  context: GraphContext,
  project: ProjectKey,
  statuses: ReadonlySet<Status>,
  slice: Slice,
): Promise<Match[]> {
  const wanted = slice.first ?? slice.last ?? 0;
  const isBackward = slice.last !== undefined;
  const matches: Match[] = [];
  for await (const rows of isBackward
    ? pagesBackward(context, project, slice)
    : pagesForward(context, project, slice)) {
    const probed = await Promise.all(rows.map(({ row }) => loadLiveTool(context, { ...project, toolId: row.id })));
    const found = rows.filter((_, index) => {
      const tool = probed[index];
      return tool && statuses.has(statusOf(tool));
    });
    matches.push(...(isBackward ? found.reverse() : found));
    if (matches.length > wanted) break;
  }
  return matches;
}

/** The probed rows in the range of the slice, one upstream page at a time, from its start. */
async function* pagesForward(context: GraphContext, project: ProjectKey, slice: Slice) {
  const reader = context.inkeep.tools(project);
  for (let start = slice.from; ; ) {
    const end = Math.min(slice.before ?? Number.MAX_SAFE_INTEGER, pageBorder(start) + MAX_PAGE_SIZE);
    if (end <= start) return;
    const { rows, total } = await reader.liveWindow({ from: start, first: end - start }, { isWhole: true });
    yield rows;
    if (end >= total) return;
    start = end;
  }
}

/** Like `pagesForward`, but from the end of the slice. The rows of a page keep their order. */
async function* pagesBackward(context: GraphContext, project: ProjectKey, slice: Slice) {
  const reader = context.inkeep.tools(project);
  const { total } = await reader.storedWindow({ from: 0, first: 0 });
  let end = Math.min(slice.before ?? total, total);
  while (end > slice.from) {
    const start = Math.max(slice.from, pageBorder(end - 1));
    yield (await reader.liveWindow({ from: start, first: end - start }, { isWhole: true })).rows;
    end = start;
  }
}

/** The offset of the first row of the upstream page that has the row at `offset`. */
function pageBorder(offset: number): number {
  return Math.floor(offset / MAX_PAGE_SIZE) * MAX_PAGE_SIZE;
}
