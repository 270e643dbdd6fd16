import type { GraphQLResolveInfo } from 'graphql';
import type { ToolKey } from '../../../upstream/inkeep/keys.js';
import type { UpstreamTool } from '../../../upstream/inkeep/tool.js';
import type { GraphContext } from '../../core/context.js';
import { defineLoader, readByParent } from '../../core/loader.js';
import { needsOf, type Selected, selectedField } from '../../core/look-ahead.js';
import { defineFinder } from '../../core/node.js';
import { startTool } from '../../core/prefetch.js';
import { ToolId, type ToolRef, toolRef } from './ref.js';

interface Wish extends ToolKey {
  readonly need: 'stored' | 'live';
}

/** One loader for both needs, so that a tick in which live fields of a tool are wanted asks for no stored ones besides. */
const loadTool = defineLoader(
  ({ tenantId, projectId, toolId, need }: Wish) => [tenantId, projectId, toolId, need],
  (context, wishes) =>
    readByParent(
      wishes,
      (wish) => `${wish.tenantId}/${wish.projectId}`,
      (group) => {
        const reader = context.inkeep.tools(group[0]);
        const live = reader.live(group.filter((wish) => wish.need === 'live').map((wish) => wish.toolId));
        const stored = reader.stored(group.filter((wish) => wish.need === 'stored').map((wish) => wish.toolId));
        return group.map((wish) => (wish.need === 'live' ? live : stored).get(wish.toolId) ?? Promise.resolve(null));
      },
    ),
);

/** Stored fields of a tool; null where there is none. Read from pages without discovery, together with the others of the tick. */
export function loadStoredTool(
  context: GraphContext,
  { tenantId, projectId, toolId }: ToolKey,
): Promise<UpstreamTool | null> {
  return loadTool(context, { tenantId, projectId, toolId, need: 'stored' });
}

/** Live fields of a tool; null where there is none. Makes the upstream dial its MCP server. */
export function loadLiveTool(
  context: GraphContext,
  { tenantId, projectId, toolId }: ToolKey,
): Promise<UpstreamTool | null> {
  return loadTool(context, { tenantId, projectId, toolId, need: 'live' });
}

/**
 * A tool that is looked up, proven to exist; null otherwise. Where live fields are selected, one answer serves all. What is
 * selected below it is asked for meanwhile.
 */
export async function findTool(
  context: GraphContext,
  key: ToolKey,
  field: Selected,
  info: GraphQLResolveInfo,
): Promise<ToolRef | null> {
  if (needsOf(info.schema, [field], 'Tool').has('live')) loadLiveTool(context, key).catch(() => {});
  const tool = loadStoredTool(context, key);
  startTool(context, key, field);
  const row = await tool;
  return row && toolRef(key, row);
}

defineFinder(ToolId, findTool);

/** A tool at the end of a link. Keys alone cost nothing and prove nothing; null where more is asked and there is none. */
export async function linkedTool(
  context: GraphContext,
  key: ToolKey,
  info: GraphQLResolveInfo,
): Promise<ToolRef | null> {
  const needs = needsOf(info.schema, [selectedField(info)], 'Tool');
  if (needs.size === 0) return toolRef(key);
  const live = needs.has('live') ? loadLiveTool(context, key) : undefined;
  if (needs.has('stored')) {
    live?.catch(() => {});
    const row = await loadStoredTool(context, key);
    return row && toolRef(key, row);
  }
  // Only live fields are asked for: they report their own failure, and the keys still stand.
  const isThere = await live?.then((row) => row !== null).catch(() => true);
  return isThere ? toolRef(key) : null;
}
