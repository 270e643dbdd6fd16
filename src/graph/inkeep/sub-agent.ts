import type { GraphQLResolveInfo } from 'graphql';
import { toRfc3339 } from '../../upstream/date-time.js';
import { INKEEP_ID, type SubAgentKey } from '../../upstream/inkeep/keys.js';
import { subAgentResource, type UpstreamSubAgent } from '../../upstream/inkeep/sub-agent.js';
import { builder } from '../core/builder.js';
import { connectionOf, sliceOf } from '../core/connections/connection.js';
import { defineConnection } from '../core/connections/connection-type.js';
import type { GraphContext } from '../core/context.js';
import { defineFinder } from '../core/ids/node.js';
import { defineNodeId } from '../core/ids/node-id.js';
import { defineLoader, readByParent } from '../core/reads/loader.js';
import { selectedField } from '../core/reads/look-ahead.js';
import { rowFields } from '../core/reads/row-field.js';
import { TENANT_ARG, tenantOf } from '../core/tenant.js';
import { Agent, agentRef, loadAgent } from './agent.js';

export const SubAgentId = defineNodeId('SubAgent', ['tenantId', 'projectId', 'agentId', 'subAgentId'], INKEEP_ID);

/** A sub-agent as resolvers pass it on: its key, and its row if an answer has included it. */
export class SubAgentRef implements SubAgentKey {
  readonly __typename = 'SubAgent';
  readonly tenantId: string;
  readonly projectId: string;
  readonly agentId: string;
  readonly subAgentId: string;
  readonly row: UpstreamSubAgent | undefined;

  constructor(key: SubAgentKey, row: UpstreamSubAgent | undefined) {
    this.tenantId = key.tenantId;
    this.projectId = key.projectId;
    this.agentId = key.agentId;
    this.subAgentId = key.subAgentId;
    this.row = row;
  }

  /** Encoded when it is selected. Generated code reads a member faster than it calls a resolver. */
  get id(): string {
    return SubAgentId.encode(this);
  }
}

export const SubAgent = builder.objectRef<SubAgentRef>('SubAgent');

/** The sub-agent with this key, without a read. It may not exist unless a row is given. */
export function subAgentRef(key: SubAgentKey, row?: UpstreamSubAgent): SubAgentRef {
  return new SubAgentRef(key, row);
}

/** Loads the row of a sub-agent: by its own call, or from the agent's list if several sub-agents are loaded in one tick. */
const loadSubAgent = subAgentLoader({ isWhole: false });

/** The same, except that rows inside other answers are not used: those have no `outputContract`. */
const loadWholeSubAgent = subAgentLoader({ isWhole: true });

function subAgentLoader(options: { readonly isWhole: boolean }) {
  return defineLoader(
    ({ tenantId, projectId, agentId, subAgentId }: SubAgentKey) => [tenantId, projectId, agentId, subAgentId],
    (context, keys) =>
      readByParent(
        keys,
        (key) => `${key.tenantId}/${key.projectId}/${key.agentId}`,
        (group) => {
          const ids = group.map((key) => key.subAgentId);
          const rows = context.inkeep.items(subAgentResource, group[0]).byIds(ids, options);
          return group.map((key) => rows.get(key.subAgentId) ?? Promise.resolve(null));
        },
      ),
  );
}

/** The sub-agent with this key; null if it does not exist. */
async function findSubAgent(context: GraphContext, key: SubAgentKey): Promise<SubAgentRef | null> {
  const row = await loadSubAgent(context, key);
  return row && subAgentRef(key, row);
}

/**
 * A sub-agent that another object refers to. If only its ids are selected, no call is made and it may not exist. Otherwise null if
 * it does not exist.
 */
export function linkedSubAgent(
  context: GraphContext,
  key: SubAgentKey,
  info: GraphQLResolveInfo,
): SubAgentRef | Promise<SubAgentRef | null> {
  if (selectedField(context, info).needsOn('SubAgent').size === 0) return subAgentRef(key);
  return findSubAgent(context, key);
}

defineFinder(SubAgentId, findSubAgent);

const stored = rowFields('stored', (subAgent: SubAgentRef) => subAgent.row, loadSubAgent);

SubAgent.implement({
  description:
    'A sub-agent: one worker of an agent, with a prompt and its own tools. Reading one costs one upstream call.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.exposeID('id', {
      nullable: false,
      description: 'Global id, for `node(id)` and for inputs that name a sub-agent. Needs no upstream call.',
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
      description: 'The upstream id of the agent. Needs no upstream call.',
    }),
    subAgentId: t.exposeString('subAgentId', {
      nullable: false,
      description: 'The upstream id, unique in the agent. Needs no upstream call.',
    }),
    agent: t.field({
      type: Agent,
      nullable: false,
      description: 'The agent it belongs to. Reading only its ids needs no upstream call; other fields need one.',
      resolve: (subAgent) => agentRef(subAgent),
    }),
    name: t.string({ description: 'Display name.', ...stored((row) => row.name) }),
    description: t.string({ description: 'What it is for; null if not set.', ...stored((row) => row.description) }),
    prompt: t.string({ description: 'Its instructions; null if not set.', ...stored((row) => row.prompt) }),
    models: t.field({
      type: 'JSON',
      description: 'Models that it uses; null if it uses those of the agent.',
      ...stored((row) => row.models),
    }),
    stopWhen: t.field({
      type: 'JSON',
      description: 'Limits on its steps; null if those of the agent apply.',
      ...stored((row) => row.stopWhen),
    }),
    conversationHistoryConfig: t.field({
      type: 'JSON',
      description: 'How much of the conversation it gets; null if not set.',
      ...stored((row) => row.conversationHistoryConfig),
    }),
    outputContract: t.field({
      type: 'JSON',
      description: 'What its answers must contain; null if not set.',
      extensions: { needs: 'stored' },
      resolve: async (subAgent, _args, context) => {
        const row =
          subAgent.row?.outputContract === undefined ? await loadWholeSubAgent(context, subAgent) : subAgent.row;
        return row?.outputContract ?? null;
      },
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

export const SubAgentConnection = defineConnection(SubAgent, {
  page: 'A page of sub-agents.',
  edge: 'A sub-agent and its place in the list.',
  totalCount: 'Sub-agents in the whole list.',
});

builder.objectFields(Agent, (t) => ({
  defaultSubAgent: t.field({
    type: SubAgent,
    nullable: true,
    description: 'The sub-agent that answers first; null if none is set or it no longer exists. One call.',
    extensions: { needs: 'stored', reads: 'row' },
    resolve: async (agent, _args, context) => {
      const row = agent.row ?? (await loadAgent(context, agent));
      if (!row?.defaultSubAgentId) return null;
      const key = { ...agent, subAgentId: row.defaultSubAgentId };
      const subAgent = await loadSubAgent(context, key);
      return subAgent && subAgentRef(key, subAgent);
    },
  }),
  subAgents: t.field({
    type: SubAgentConnection,
    extensions: { reads: 'page' },
    nullable: true,
    description: 'Its sub-agents, newest first. One call per 100 rows.',
    args: { ...t.arg.connectionArgs() },
    resolve: async (agent, args, context) => {
      const { tenantId, projectId, agentId } = agent;
      const read = await context.inkeep.items(subAgentResource, agent).window(sliceOf(args));
      return connectionOf(read, (row) => subAgentRef({ tenantId, projectId, agentId, subAgentId: row.id }, row));
    },
  }),
  subAgent: t.field({
    type: SubAgent,
    extensions: { reads: 'row' },
    nullable: true,
    description: 'One of its sub-agents; null if there is none. One call.',
    args: { subAgentId: t.arg.string({ required: true, description: 'The upstream id of the sub-agent.' }) },
    resolve: (agent, { subAgentId }, context) => findSubAgent(context, { ...agent, subAgentId }),
  }),
}));

builder.queryFields((t) => ({
  subAgent: t.field({
    type: SubAgent,
    extensions: { upstream: 'inkeep', reads: 'row' },
    nullable: true,
    description: 'One sub-agent; null if there is none. One call.',
    args: {
      tenantId: t.arg.string(TENANT_ARG),
      projectId: t.arg.string({ required: true, description: 'The upstream id of the project.' }),
      agentId: t.arg.string({ required: true, description: 'The upstream id of the agent.' }),
      subAgentId: t.arg.string({ required: true, description: 'The upstream id of the sub-agent.' }),
    },
    resolve: (_root, { tenantId, ...key }, context) =>
      findSubAgent(context, { ...key, tenantId: tenantOf(context, tenantId) }),
  }),
}));
