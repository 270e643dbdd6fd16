import type { GraphQLResolveInfo } from 'graphql';
import type { UpstreamAgent } from '../../upstream/inkeep/agent.js';
import { type AgentKey, INKEEP_ID } from '../../upstream/inkeep/keys.js';
import { builder } from '../core/builder.js';
import { connectionOf, sliceOf } from '../core/connection.js';
import { defineConnection } from '../core/connection-type.js';
import type { GraphContext } from '../core/context.js';
import { defineLoader, readByParent } from '../core/loader.js';
import { type Selected, selectedField } from '../core/look-ahead.js';
import { defineFinder } from '../core/node.js';
import { defineNodeId } from '../core/node-id.js';
import { startAgent } from '../core/prefetch.js';
import { rowFields } from '../core/row-field.js';
import { TENANT_ARG, tenantOf } from '../core/tenant.js';
import { Project, projectRef } from './project.js';

export const AgentId = defineNodeId('Agent', ['tenantId', 'projectId', 'agentId'], INKEEP_ID);

/** An agent as resolvers pass it on: its key, and its row if an answer has included it. */
export interface AgentRef extends AgentKey {
  readonly __typename: 'Agent';
  readonly row?: UpstreamAgent | undefined;
}

export const Agent = builder.objectRef<AgentRef>('Agent');

export function agentRef({ tenantId, projectId, agentId }: AgentKey, row?: UpstreamAgent): AgentRef {
  return { __typename: 'Agent', tenantId, projectId, agentId, row };
}

/** The row of an agent: by itself, or from the project's list when several are asked for at once. */
export const loadAgent = defineLoader(
  ({ tenantId, projectId, agentId }: AgentKey) => [tenantId, projectId, agentId],
  (context, keys) =>
    readByParent(
      keys,
      (key) => `${key.tenantId}/${key.projectId}`,
      (group) => {
        const rows = context.inkeep.agents(group[0]).byIds(group.map((key) => key.agentId));
        return group.map((key) => rows.get(key.agentId) ?? Promise.resolve(null));
      },
    ),
);

/** The agent with this key, proven to exist; null otherwise. What is selected below it is asked for meanwhile. */
async function findAgent(
  context: GraphContext,
  key: AgentKey,
  field: Selected,
  { schema }: Pick<GraphQLResolveInfo, 'schema'>,
): Promise<AgentRef | null> {
  const agent = loadAgent(context, key);
  startAgent(context, key, field, schema);
  const row = await agent;
  return row && agentRef(key, row);
}

defineFinder(AgentId, findAgent);

const stored = rowFields('stored', (agent: AgentRef) => agent.row, loadAgent);

Agent.implement({
  description:
    'An agent of a project: sub-agents that work together, each with the tools it was given. Looking one up costs one upstream call.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id, for `node(id)` and for inputs named after an agent. Costs nothing.',
      resolve: (agent) => AgentId.encode(agent),
    }),
    tenantId: t.exposeString('tenantId', {
      nullable: false,
      description: 'The upstream’s id of the tenant. Costs nothing.',
    }),
    projectId: t.exposeString('projectId', {
      nullable: false,
      description: 'The upstream’s id of the project. Costs nothing.',
    }),
    agentId: t.exposeString('agentId', {
      nullable: false,
      description: 'The upstream’s own id, unique in the project. Costs nothing.',
    }),
    project: t.field({
      type: Project,
      nullable: false,
      description: 'The project it belongs to. Its ids cost nothing; other fields one call.',
      resolve: (agent) => projectRef(agent),
    }),
    name: t.string({ description: 'Name shown to people.', ...stored((row) => row.name) }),
    description: t.string({
      description: 'What the agent is for; null where unset.',
      ...stored((row) => row.description),
    }),
    prompt: t.string({
      description: 'Instructions that all its sub-agents get; null where unset.',
      ...stored((row) => row.prompt),
    }),
    executionMode: t.string({
      description: 'How the upstream runs it: `classic` unless set otherwise.',
      ...stored((row) => row.executionMode),
    }),
    models: t.field({
      type: 'JSON',
      description: 'Models it uses; null where the project’s hold.',
      ...stored((row) => row.models),
    }),
    stopWhen: t.field({
      type: 'JSON',
      description: 'Limits on transfers between sub-agents; null where the project’s hold.',
      ...stored((row) => row.stopWhen),
    }),
    statusUpdates: t.field({
      type: 'JSON',
      description: 'How it reports progress while it works; null where it does not.',
      ...stored((row) => row.statusUpdates),
    }),
    contextConfigId: t.string({
      description: 'The upstream’s id of its context configuration; null where unset.',
      ...stored((row) => row.contextConfigId),
    }),
    defaultSubAgentId: t.string({
      description: 'The upstream’s id of the sub-agent that answers first; null where unset.',
      ...stored((row) => row.defaultSubAgentId),
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was created.', ...stored((row) => row.createdAt) }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last changed.',
      ...stored((row) => row.updatedAt),
    }),
  }),
});

const AgentConnection = defineConnection(Agent, {
  page: 'A page of agents, newest first.',
  edge: 'An agent and its place in the list.',
  totalCount: 'Agents in the whole list.',
});

builder.objectFields(Project, (t) => ({
  agents: t.field({
    type: AgentConnection,
    nullable: true,
    description: 'Its agents, newest first. One call per 100 rows.',
    args: { ...t.arg.connectionArgs() },
    resolve: async (project, args, context) =>
      connectionOf(await context.inkeep.agents(project).window(sliceOf(args)), (row) =>
        agentRef({ ...project, agentId: row.id }, row),
      ),
  }),
  agent: t.field({
    type: Agent,
    nullable: true,
    description: 'One of its agents; null where there is none. One call.',
    args: { agentId: t.arg.string({ required: true, description: 'The upstream’s own id of the agent.' }) },
    resolve: (project, { agentId }, context, info) => {
      const key = { tenantId: project.tenantId, projectId: project.projectId, agentId };
      return findAgent(context, key, selectedField(info), info);
    },
  }),
}));

builder.queryFields((t) => ({
  agent: t.field({
    type: Agent,
    extensions: { upstream: 'inkeep' },
    nullable: true,
    description: 'One agent; null where there is none. One call.',
    args: {
      tenantId: t.arg.string(TENANT_ARG),
      projectId: t.arg.string({ required: true, description: 'The upstream’s id of the project.' }),
      agentId: t.arg.string({ required: true, description: 'The upstream’s own id of the agent.' }),
    },
    resolve: (_root, { tenantId, projectId, agentId }, context, info) => {
      const key = { tenantId: tenantOf(context, tenantId), projectId, agentId };
      return findAgent(context, key, selectedField(info), info);
    },
  }),
}));
