import type { GraphQLResolveInfo } from 'graphql';
import type { ToolKey } from '../../../upstream/inkeep/keys.js';
import type { UpstreamTool } from '../../../upstream/inkeep/tool.js';
import type { GraphContext } from '../../core/context.js';
import { defineFinder } from '../../core/ids/node.js';
import { defineLoader, readByParent } from '../../core/reads/loader.js';
import { type Selected, selectedField } from '../../core/reads/look-ahead.js';
import { prefetchTool } from '../prefetch.js';
import { ToolId, type ToolRef, toolRef } from './ref.js';

interface ToolRequest extends ToolKey {
  readonly need: 'stored' | 'live';
}

/** One loader for both needs: the answer to a probe has the stored fields too, so they are not read again in that tick. */
const loadTool = defineLoader(
  ({ tenantId, projectId, toolId, need }: ToolRequest) => [tenantId, projectId, toolId, need],
  (context, requests) =>
    readByParent(
      requests,
      (request) => `${request.tenantId}/${request.projectId}`,
      (group) => {
        const reader = context.inkeep.tools(group[0]);
        const idsOf = (need: ToolRequest['need']) =>
          group.filter((request) => request.need === need).map((request) => request.toolId);
        const rows = { live: reader.live(idsOf('live')).values(), stored: reader.stored(idsOf('stored')).values() };
        return group.map(({ need }) => rows[need].next().value ?? Promise.resolve(null));
      },
    ),
);

/** The stored fields of a tool; null if it does not exist. Tools of one tick are read together, from pages without discovery. */
export function loadStoredTool(
  context: GraphContext,
  { tenantId, projectId, toolId }: ToolKey,
): Promise<UpstreamTool | null> {
  return loadTool(context, { tenantId, projectId, toolId, need: 'stored' });
}

/** The live fields of a tool; null if it does not exist. Makes the upstream probe its MCP server. */
export function loadLiveTool(
  context: GraphContext,
  { tenantId, projectId, toolId }: ToolKey,
): Promise<UpstreamTool | null> {
  return loadTool(context, { tenantId, projectId, toolId, need: 'live' });
}

/**
 * The tool with this key; null if it does not exist. If live fields are selected, one probe answers stored fields too. Prefetches
 * what is selected below it.
 */
export function findTool(context: GraphContext, key: ToolKey, field: Selected): Promise<ToolRef | null> {
  const tool = field.needsOn('Tool').has('live') ? readBoth(context, key) : readStored(context, key);
  prefetchTool(context, key, field);
  return tool;
}

async function readStored(context: GraphContext, key: ToolKey): Promise<ToolRef | null> {
  const row = await loadStoredTool(context, key);
  return row && toolRef(key, row);
}

/** The tool with its stored fields, and with its live ones if they have arrived by then. Otherwise their resolvers wait for them. */
async function readBoth(context: GraphContext, key: ToolKey): Promise<ToolRef | null> {
  let live: UpstreamTool | null = null;
  loadLiveTool(context, key).then(
    (row) => {
      live = row;
    },
    () => {},
  );
  const row = await loadStoredTool(context, key);
  return row && toolRef(key, row, live ?? undefined);
}

defineFinder(ToolId, findTool);

/**
 * A tool that another object refers to. If only its ids are selected, no call is made and it may not exist. Otherwise null if it
 * does not exist. Not a promise if its row is already known: an operation may have thousands of links.
 */
export function linkedTool(
  context: GraphContext,
  key: ToolKey,
  info: GraphQLResolveInfo,
): ToolRef | null | Promise<ToolRef | null> {
  const needs = selectedField(context, info).needsOn('Tool');
  if (needs.size === 0) return toolRef(key);
  if (needs.has('live')) return needs.has('stored') ? readBoth(context, key) : linkedLiveTool(context, key);
  const known = context.inkeep.tools(key).knownStored(key.toolId);
  if (known) return toolRef(key, known);
  return readStored(context, key);
}

/** Of a tool whose live fields alone are selected. If the probe fails, each of them reports the error; the ids remain readable. */
async function linkedLiveTool(context: GraphContext, key: ToolKey): Promise<ToolRef | null> {
  const isThere = await loadLiveTool(context, key).then(
    (row) => row !== null,
    () => true,
  );
  return isThere ? toolRef(key) : null;
}
