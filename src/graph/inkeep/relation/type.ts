import type { GraphQLResolveInfo } from 'graphql';
import type { AgentKey, SubAgentKey, ToolKey } from '../../../upstream/inkeep/keys.js';
import { getRelation, type UpstreamRelation } from '../../../upstream/inkeep/relation.js';
import { countKey } from '../../../upstream/operation.js';
import { builder } from '../../core/builder.js';
import { connectionOf, connectionOfAll, sliceOf } from '../../core/connection.js';
import type { GraphContext } from '../../core/context.js';
import { checkFilter } from '../../core/error-codes.js';
import { defineLoader, readByParent } from '../../core/loader.js';
import { needsOf, selectedField } from '../../core/look-ahead.js';
import { encodeNodeId } from '../../core/node-id.js';
import {
  Agent,
  agentRef,
  type RelationRef,
  relationRef,
  SubAgent,
  type SubAgentRef,
  SubAgentToolRelation,
  subAgentRef,
  Tool,
  toolRef,
} from '../../core/refs.js';
import { loadSubAgent, SubAgentConnection } from '../sub-agent.js';
import { ToolConnection } from '../tool/connection.js';
import { linkedTool } from '../tool/loader.js';

type Relations = readonly UpstreamRelation[];

/** Relations of a sub-agent: by themselves, or all of the agent's, grouped, when several sub-agents are asked at once. */
const loadRelationsOfSubAgent = defineLoader(
  (key: AgentKey & { subAgentId: string }) => [key.tenantId, key.projectId, key.agentId, key.subAgentId],
  (context, keys) =>
    readByParent(keys, agentOf, (group) => {
      const rows = context.inkeep.relations(group[0]).bySubAgents(group.map((key) => key.subAgentId));
      return group.map((key) => rows.get(key.subAgentId) ?? Promise.resolve([]));
    }),
);

/** Relations of a tool in one agent: by themselves with their sub-agents, or all of the agent's when several tools are asked. */
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

/** The relation with this key, proven to exist; null otherwise. */
export async function findRelation(
  context: GraphContext,
  key: AgentKey & { relationId: string },
): Promise<RelationRef | null> {
  const { row, record } = getRelation(context.operation, key);
  countKey(record);
  const relation = await row;
  return relation && relationRef(key, relation);
}

/** A sub-agent at the end of a link. Keys alone cost nothing and prove nothing; null where more is asked and there is none. */
export async function linkedSubAgent(
  context: GraphContext,
  key: SubAgentKey,
  info: GraphQLResolveInfo,
): Promise<SubAgentRef | null> {
  if (needsOf(info.schema, [selectedField(info)], 'SubAgent').size === 0) return subAgentRef(key);
  const row = await loadSubAgent(context, key);
  return row && subAgentRef(key, row);
}

const ToolPolicy = builder.objectRef<{ toolName: string; needsApproval: boolean }>('ToolPolicy').implement({
  description: 'A rule for one function of a tool.',
  fields: (t) => ({
    toolName: t.exposeString('toolName', { nullable: false, description: 'The function, by the server’s own name.' }),
    needsApproval: t.exposeBoolean('needsApproval', {
      nullable: false,
      description: 'Whether a person must approve each call.',
    }),
  }),
});

SubAgentToolRelation.implement({
  description: 'One tool given to one sub-agent, with what of it may be used. There is one for each pair.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id, for `node(id)` and for inputs that name a relation. Costs nothing.',
      resolve: (relation) => encodeNodeId('SubAgentToolRelation', relation),
    }),
    tenantId: t.exposeString('tenantId', { nullable: false, description: 'The upstream’s id of the tenant.' }),
    projectId: t.exposeString('projectId', { nullable: false, description: 'The upstream’s id of the project.' }),
    agentId: t.exposeString('agentId', { nullable: false, description: 'The upstream’s id of the agent.' }),
    subAgentId: t.string({
      nullable: false,
      description: 'The upstream’s id of the sub-agent that has the tool.',
      resolve: ({ row }) => row.subAgentId,
    }),
    toolId: t.string({
      nullable: false,
      description: 'The upstream’s id of the tool it has.',
      resolve: ({ row }) => row.toolId,
    }),
    relationId: t.exposeString('relationId', {
      nullable: false,
      description: 'The upstream’s own id, unique in the agent.',
    }),
    agent: t.field({
      type: Agent,
      nullable: false,
      description: 'The agent. Its ids cost nothing; other fields one call.',
      resolve: (relation) => agentRef(relation),
    }),
    subAgent: t.field({
      type: SubAgent,
      nullable: true,
      description:
        'The sub-agent that has the tool. Its ids cost nothing; other fields one call, or one per 100 for many.',
      resolve: (relation, _args, context, info) => linkedSubAgent(context, subAgentKeyOf(relation), info),
    }),
    tool: t.field({
      type: Tool,
      nullable: true,
      description: 'The tool it has. Its ids cost nothing; null is seen only where more is asked and the tool is gone.',
      resolve: (relation, _args, context, info) => linkedTool(context, toolKeyOf(relation), info),
    }),
    selectedTools: t.stringList({
      description: 'Functions of the tool that may be used; null: all of them; empty: none.',
      resolve: ({ row }) => row.selectedTools,
    }),
    headers: t.field({
      type: 'JSONObject',
      description: 'HTTP headers sent to the MCP server for this sub-agent: may hold secrets. Null where unset.',
      resolve: ({ row }) => row.headers,
    }),
    toolPolicies: t.field({
      type: [ToolPolicy],
      description: 'Rules for single functions; null where none are set.',
      resolve: ({ row }) =>
        row.toolPolicies &&
        Object.entries(row.toolPolicies).map(([toolName, policy]) => ({
          toolName,
          needsApproval: policy.needsApproval ?? false,
        })),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the tool was given.',
      resolve: ({ row }) => row.createdAt,
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When this was last changed.',
      resolve: ({ row }) => row.updatedAt,
    }),
  }),
});

// Member by member: a spread would also read `relationId`, which after an attach may be the one thing that is not known.
function subAgentKeyOf({ tenantId, projectId, agentId, row }: RelationRef): SubAgentKey {
  return { tenantId, projectId, agentId, subAgentId: row.subAgentId };
}

function toolKeyOf(relation: RelationRef): ToolKey {
  return { tenantId: relation.tenantId, projectId: relation.projectId, toolId: relation.row.toolId };
}

const SubAgentToolRelationConnection = builder.connectionObject(
  {
    type: SubAgentToolRelation,
    name: 'SubAgentToolRelationConnection',
    description: 'A page of relations between sub-agents and tools.',
    fields: (t) => ({
      totalCount: t.exposeInt('totalCount', { nullable: true, description: 'Relations in the whole list.' }),
    }),
  },
  { name: 'SubAgentToolRelationEdge', description: 'A relation and its place in the list.' },
);

builder.objectFields(Agent, (t) => ({
  toolRelations: t.field({
    type: SubAgentToolRelationConnection,
    nullable: true,
    description: 'Which of its sub-agents has which tool, newest first. One call per 100 rows.',
    args: {
      subAgentId: t.arg.string({ required: false, description: 'Only of this sub-agent, by the upstream’s own id.' }),
      toolId: t.arg.string({ required: false, description: 'Only of this tool, by the upstream’s own id.' }),
      ...t.arg.connectionArgs(),
    },
    resolve: async (agent, { subAgentId, toolId, ...args }, context) => {
      const slice = sliceOf(args);
      checkFilter({ subAgentId, toolId });
      if (subAgentId && toolId) {
        // The upstream ignores the tool beside a sub-agent.
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
    nullable: true,
    description: 'The tools its sub-agents have, each once, in the order of the relations. One call per 100 relations.',
    args: { ...t.arg.connectionArgs() },
    resolve: async (agent, args, context) => {
      const slice = sliceOf(args);
      return connectionOfAll(toolIdsOf(await context.inkeep.relations(agent).all()), slice, (toolId) =>
        toolRef({ ...agent, toolId }),
      );
    },
  }),
}));

builder.objectFields(SubAgent, (t) => ({
  toolRelations: t.field({
    type: SubAgentToolRelationConnection,
    nullable: true,
    description:
      'The tools it was given, with what of each may be used, newest first. One call; for many sub-agents one per 100 relations of the agent.',
    args: { ...t.arg.connectionArgs() },
    resolve: async (subAgent, args, context) => {
      const slice = sliceOf(args);
      const rows = await loadRelationsOfSubAgent(context, subAgent);
      return connectionOfAll(rows, slice, (row) => relationRef(subAgent, row));
    },
  }),
  tools: t.field({
    type: ToolConnection,
    nullable: true,
    description: 'The tools it was given, each once, in the order of the relations. Costs what `toolRelations` costs.',
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
    nullable: true,
    description:
      'Which sub-agents have this tool: what breaks if it goes. Without `agentId` across every agent of the project, which costs one call per agent.',
    args: {
      agentId: t.arg.string({ required: false, description: 'Only in this agent, by the upstream’s own id.' }),
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
    nullable: true,
    description: 'The sub-agents that have this tool, each once. Costs what `relations` costs.',
    args: {
      agentId: t.arg.string({ required: false, description: 'Only in this agent, by the upstream’s own id.' }),
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

/** Relations of a tool in one agent, or in every agent of the project, agent by agent in the project's order. */
async function usersOf(context: GraphContext, tool: ToolKey, agentId: string | null | undefined) {
  const { tenantId, projectId, toolId } = tool;
  const agentIds = agentId ? [agentId] : (await context.inkeep.agents(tool).all()).map((agent) => agent.id);
  const users = await Promise.all(
    agentIds.map(async (id) => {
      const agent = { tenantId, projectId, agentId: id };
      const rows = await loadRelationsOfTool(context, { ...agent, toolId });
      return rows.map((row) => ({ agent, row }));
    }),
  );
  return users.flat();
}

function toolIdsOf(relations: Relations): string[] {
  return [...new Set(relations.map((row) => row.toolId))];
}
