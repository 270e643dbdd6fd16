import { toRfc3339 } from '../../upstream/date-time.js';
import { agentResource, type UpstreamAgent } from '../../upstream/inkeep/agent.js';
import { type AgentKey, INKEEP_ID } from '../../upstream/inkeep/keys.js';
import { builder } from '../core/builder.js';
import { connectionOf, sliceOf } from '../core/connections/connection.js';
import { defineConnection } from '../core/connections/connection-type.js';
import type { GraphContext } from '../core/context.js';
import { defineFinder } from '../core/ids/node.js';
import { defineNodeId } from '../core/ids/node-id.js';
import { defineLoader, readByParent } from '../core/reads/loader.js';
import { type Selected, selectedField } from '../core/reads/look-ahead.js';
import { rowFields } from '../core/reads/row-field.js';
import { TENANT_ARG, tenantOf } from '../core/tenant.js';
import { prefetchAgent } from './prefetch.js';
import { Project, projectRef } from './project.js';

export const AgentId = defineNodeId('Agent', ['tenantId', 'projectId', 'agentId'], INKEEP_ID);

/** An agent as resolvers pass it on: its key, and its row if an answer has included it. */
export class AgentRef implements AgentKey {
  readonly __typename = 'Agent';
  readonly tenantId: string;
  readonly projectId: string;
  readonly agentId: string;
  readonly row: UpstreamAgent | undefined;

  constructor(key: AgentKey, row: UpstreamAgent | undefined) {
    this.tenantId = key.tenantId;
    this.projectId = key.projectId;
    this.agentId = key.agentId;
    this.row = row;
  }

  /** Encoded when it is selected. Generated code reads a member faster than it calls a resolver. */
  get id(): string {
    return AgentId.encode(this);
  }
}

export const Agent = builder.objectRef<AgentRef>('Agent');

/** The agent with this key, without a read. It may not exist unless a row is given. */
export function agentRef(key: AgentKey, row?: UpstreamAgent): AgentRef {
  return new AgentRef(key, row);
}

/** Loads the row of an agent: by its own call, or from the project's list if several agents are loaded in one tick. */
export const loadAgent = defineLoader(
  ({ tenantId, projectId, agentId }: AgentKey) => [tenantId, projectId, agentId],
  (context, keys) =>
    readByParent(
      keys,
      (key) => `${key.tenantId}/${key.projectId}`,
      (group) => {
        const rows = context.inkeep.items(agentResource, group[0]).byIds(group.map((key) => key.agentId));
        return group.map((key) => rows.get(key.agentId) ?? Promise.resolve(null));
      },
    ),
);

/** The agent with this key; null if it does not exist. Prefetches what is selected below it. */
async function findAgent(context: GraphContext, key: AgentKey, field: Selected): Promise<AgentRef | null> {
  const agent = loadAgent(context, key);
  prefetchAgent(context, key, field);
  const row = await agent;
  return row && agentRef(key, row);
}

defineFinder(AgentId, findAgent);

const stored = rowFields('stored', (agent: AgentRef) => agent.row, loadAgent);

Agent.implement({
  description:
    'An agent of a project: sub-agents that work together, each with its own tools. Reading one costs one upstream call.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.exposeID('id', {
      nullable: false,
      description: 'Global id, for `node(id)` and for inputs that name an agent. Needs no upstream call.',
    }),
    tenantId: t.exposeString('tenantId', {
      nullable: false,
      description: 'The upstream id of the tenant. Needs no upstream call.',
    }),
    projectId: t.exposeString('projectId', {
      nullable: false,
      description: 'The upstream id of the project. Needs no upstream call.',
    }),
    agentId: t.exposeString('agentId', {
      nullable: false,
      description: 'The upstream id, unique in the project. Needs no upstream call.',
    }),
    project: t.field({
      type: Project,
      nullable: false,
      description: 'The project it belongs to. Reading only its ids needs no upstream call; other fields need one.',
      resolve: (agent) => projectRef(agent),
    }),
    name: t.string({ description: 'Display name.', ...stored((row) => row.name) }),
    description: t.string({
      description: 'What the agent is for; null if not set.',
      ...stored((row) => row.description),
    }),
    prompt: t.string({
      description: 'Instructions for all its sub-agents; null if not set.',
      ...stored((row) => row.prompt),
    }),
    executionMode: t.string({
      description: 'How the upstream runs it. `classic` by default.',
      ...stored((row) => row.executionMode),
    }),
    models: t.field({
      type: 'JSON',
      description: 'Models that it uses; null if it uses those of the project.',
      ...stored((row) => row.models),
    }),
    stopWhen: t.field({
      type: 'JSON',
      description: 'Limits on transfers between sub-agents; null if those of the project apply.',
      ...stored((row) => row.stopWhen),
    }),
    statusUpdates: t.field({
      type: 'JSON',
      description: 'How it reports progress while it works; null if it does not.',
      ...stored((row) => row.statusUpdates),
    }),
    contextConfigId: t.string({
      description: 'The upstream id of its context configuration; null if not set.',
      ...stored((row) => row.contextConfigId),
    }),
    defaultSubAgentId: t.string({
      description: 'The upstream id of the sub-agent that answers first; null if not set.',
      ...stored((row) => row.defaultSubAgentId),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was created.',
      ...stored((row) => toRfc3339(row.createdAt)),
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last changed.',
      ...stored((row) => toRfc3339(row.updatedAt)),
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
    extensions: { reads: 'page' },
    nullable: true,
    description: 'Its agents, newest first. One call per 100 rows.',
    args: { ...t.arg.connectionArgs() },
    resolve: async (project, args, context) =>
      connectionOf(await context.inkeep.items(agentResource, project).window(sliceOf(args)), (row) =>
        agentRef({ tenantId: project.tenantId, projectId: project.projectId, agentId: row.id }, row),
      ),
  }),
  agent: t.field({
    type: Agent,
    extensions: { reads: 'row' },
    nullable: true,
    description: 'One of its agents; null if there is none. One call.',
    args: { agentId: t.arg.string({ required: true, description: 'The upstream id of the agent.' }) },
    resolve: (project, { agentId }, context, info) => {
      const key = { tenantId: project.tenantId, projectId: project.projectId, agentId };
      return findAgent(context, key, selectedField(context, info));
    },
  }),
}));

builder.queryFields((t) => ({
  agent: t.field({
    type: Agent,
    extensions: { upstream: 'inkeep', reads: 'row' },
    nullable: true,
    description: 'One agent; null if there is none. One call.',
    args: {
      tenantId: t.arg.string(TENANT_ARG),
      projectId: t.arg.string({ required: true, description: 'The upstream id of the project.' }),
      agentId: t.arg.string({ required: true, description: 'The upstream id of the agent.' }),
    },
    resolve: (_root, { tenantId, projectId, agentId }, context, info) => {
      const key = { tenantId: tenantOf(context, tenantId), projectId, agentId };
      return findAgent(context, key, selectedField(context, info));
    },
  }),
}));
