import type { GraphQLResolveInfo } from 'graphql';
import { agentResource } from '../../../upstream/inkeep/agent.js';
import type { AgentKey, ToolKey } from '../../../upstream/inkeep/keys.js';
import { type AgentStatuses, readAgentStatuses } from '../../../upstream/inkeep/readers/agent-statuses.js';
import type { UpstreamRelation } from '../../../upstream/inkeep/relation.js';
import { builder } from '../../core/builder.js';
import { connectionOf, connectionOfAll, sliceOf } from '../../core/connections/connection.js';
import { defineConnection } from '../../core/connections/connection-type.js';
import type { GraphContext } from '../../core/context.js';
import { checkFilter } from '../../core/errors/error-codes.js';
import { defineLoader, readByParent } from '../../core/reads/loader.js';
import { namesThatNeed, nodesOf, selectedField } from '../../core/reads/look-ahead.js';
import { Agent } from '../agent.js';
import { wantsLive } from '../prefetch.js';
import { SubAgent, SubAgentConnection, subAgentRef } from '../sub-agent.js';
import { ToolConnection } from '../tool/connection.js';
import { Tool, toolRef } from '../tool/ref.js';
import { relationRef, SubAgentToolRelation } from './ref.js';

/** Loads the relations of a sub-agent: by its own call, or from the agent's list if several sub-agents are loaded in one tick. */
const loadRelationsOfSubAgent = defineLoader(
  (key: AgentKey & { subAgentId: string }) => [key.tenantId, key.projectId, key.agentId, key.subAgentId],
  (context, keys) =>
    readByParent(keys, agentOf, (group) => {
      const rows = context.inkeep.relations(group[0]).bySubAgents(group.map((key) => key.subAgentId));
      return group.map((key) => rows.get(key.subAgentId) ?? Promise.resolve([]));
    }),
);

/** Loads the relations of a tool in one agent: by its own call, or from the agent's list if several tools are loaded in one tick. */
const loadRelationsOfTool = defineLoader(
  (key: AgentKey & { toolId: string }) => [key.tenantId, key.projectId, key.agentId, key.toolId],
  (context, keys) =>
    readByParent(keys, agentOf, (group) => {
      const rows = context.inkeep.relations(group[0]).byTools(group.map((key) => key.toolId));
      return group.map((key) => rows.get(key.toolId) ?? Promise.resolve([]));
    }),
);

function agentOf({ tenantId, projectId, agentId }: AgentKey): string {
  return `${tenantId}/${projectId}/${agentId}`;
}

/** Whether `status` or `lastError` of tools is selected, and no other live field. */
function wantsOnlyStatuses(context: GraphContext, info: GraphQLResolveInfo): boolean {
  const tools = nodesOf([selectedField(context, info)], 'Tool');
  if (!tools.some(wantsLive)) return false;
  return namesThatNeed(info.schema, tools, 'Tool', 'live').every((name) => name === 'status' || name === 'lastError');
}

/** The statuses of the tools of an agent, read with one call if that is the cheapest way. */
function readStatuses(context: GraphContext, agent: AgentKey, tools: number): AgentStatuses | undefined {
  const { operation } = context;
  const { minToolsForToolStatus, maxToolsForToolStatus } = operation.readLimits;
  if (tools < minToolsForToolStatus || tools > maxToolsForToolStatus) return undefined;
  operation.planned('statuses of the tools of an agent', 'tool-status', tools);
  const statuses = readAgentStatuses(operation, agent);
  // Each field that waits for it reports the error.
  statuses.catch(() => {});
  return statuses;
}

const SubAgentToolRelationConnection = defineConnection(SubAgentToolRelation, {
  page: 'A page of relations between sub-agents and tools.',
  edge: 'A relation and its place in the list.',
  totalCount: 'Relations in the whole list.',
});

builder.objectFields(Agent, (t) => ({
  toolRelations: t.field({
    type: SubAgentToolRelationConnection,
    extensions: { reads: 'page' },
    nullable: true,
    description: 'The relations between its sub-agents and tools, newest first. One call per 100 rows.',
    args: {
      subAgentId: t.arg.string({
        required: false,
        description: 'Only relations of the sub-agent with this upstream id.',
      }),
      toolId: t.arg.string({ required: false, description: 'Only relations of the tool with this upstream id.' }),
      ...t.arg.connectionArgs(),
    },
    resolve: async (agent, { subAgentId, toolId, ...args }, context) => {
      const slice = sliceOf(args);
      checkFilter({ subAgentId, toolId });
      if (subAgentId && toolId) {
        // The upstream ignores the filter by tool if there is one by sub-agent.
        const rows = await loadRelationsOfSubAgent(context, { ...agent, subAgentId });
        const both = rows.filter((row) => row.toolId === toolId);
        return connectionOfAll(both, slice, (row) => relationRef(agent, row));
      }
      const filter = { subAgentId: subAgentId ?? undefined, toolId: toolId ?? undefined };
      return connectionOf(await context.inkeep.relations(agent).window(slice, filter), (row) =>
        relationRef(agent, row),
      );
    },
  }),
  tools: t.field({
    type: ToolConnection,
    extensions: { reads: 'relations' },
    nullable: true,
    description: 'The tools of its sub-agents, each once, in the order of the relations. One call per 100 relations.',
    args: { ...t.arg.connectionArgs() },
    resolve: async (agent, args, context, info) => {
      const slice = sliceOf(args);
      const toolIds = toolIdsOf(await context.inkeep.relations(agent).all());
      const statuses = wantsOnlyStatuses(context, info) ? readStatuses(context, agent, toolIds.length) : undefined;
      return connectionOfAll(toolIds, slice, (toolId) => Object.assign(toolRef({ ...agent, toolId }), { statuses }));
    },
  }),
}));

builder.objectFields(SubAgent, (t) => ({
  toolRelations: t.field({
    type: SubAgentToolRelationConnection,
    extensions: { reads: 'relations' },
    nullable: true,
    description:
      'Its relations to tools, newest first. One call; for many sub-agents, one per 100 relations of the agent.',
    args: { ...t.arg.connectionArgs() },
    resolve: async (subAgent, args, context) => {
      const slice = sliceOf(args);
      const rows = await loadRelationsOfSubAgent(context, subAgent);
      return connectionOfAll(rows, slice, (row) => relationRef(subAgent, row));
    },
  }),
  tools: t.field({
    type: ToolConnection,
    extensions: { reads: 'relations' },
    nullable: true,
    description: 'Its tools, each once, in the order of the relations. Costs the same as `toolRelations`.',
    args: { ...t.arg.connectionArgs() },
    resolve: async (subAgent, args, context) => {
      const slice = sliceOf(args);
      const rows = await loadRelationsOfSubAgent(context, subAgent);
      return connectionOfAll(toolIdsOf(rows), slice, (toolId) => toolRef({ ...subAgent, toolId }));
    },
  }),
}));

builder.objectFields(Tool, (t) => ({
  relations: t.field({
    type: SubAgentToolRelationConnection,
    extensions: { reads: 'toolUsers' },
    nullable: true,
    description:
      'The relations of this tool: the sub-agents that would lose it if it were deleted. Without `agentId`, all agents of the project are searched, which costs one call per agent.',
    args: {
      agentId: t.arg.string({ required: false, description: 'Only in the agent with this upstream id.' }),
      ...t.arg.connectionArgs(),
    },
    resolve: async (tool, { agentId, ...args }, context) => {
      const slice = sliceOf(args);
      checkFilter({ agentId });
      const users = await usersOf(context, tool, agentId);
      return connectionOfAll(users, slice, ({ agent, row }) => relationRef(agent, row));
    },
  }),
  subAgents: t.field({
    type: SubAgentConnection,
    extensions: { reads: 'toolUsers' },
    nullable: true,
    description: 'The sub-agents that have this tool, each once. Costs the same as `relations`.',
    args: {
      agentId: t.arg.string({ required: false, description: 'Only in the agent with this upstream id.' }),
      ...t.arg.connectionArgs(),
    },
    resolve: async (tool, { agentId, ...args }, context) => {
      const slice = sliceOf(args);
      checkFilter({ agentId });
      const users = await usersOf(context, tool, agentId);
      const once = new Map(users.map(({ agent, row }) => [`${agent.agentId}/${row.subAgentId}`, { agent, row }]));
      return connectionOfAll([...once.values()], slice, ({ agent, row }) =>
        subAgentRef({ ...agent, subAgentId: row.subAgentId }),
      );
    },
  }),
}));

/** The relations of a tool in one agent or in all agents of the project, in the order of the project's agents. */
async function usersOf(context: GraphContext, tool: ToolKey, agentId: string | null | undefined) {
  const { tenantId, projectId, toolId } = tool;
  const agentIds = agentId
    ? [agentId]
    : (await context.inkeep.items(agentResource, tool).all()).map((agent) => agent.id);
  const users = await Promise.all(
    agentIds.map(async (id) => {
      const agent = { tenantId, projectId, agentId: id };
      const rows = await loadRelationsOfTool(context, { ...agent, toolId });
      return rows.map((row) => ({ agent, row }));
    }),
  );
  return users.flat();
}

function toolIdsOf(relations: readonly UpstreamRelation[]): string[] {
  return [...new Set(relations.map((row) => row.toolId))];
}
