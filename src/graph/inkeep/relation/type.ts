import type { AgentKey } from '../../../upstream/inkeep/keys.js';
import { getRelation } from '../../../upstream/inkeep/relation.js';
import { memberOf } from '../../../upstream/known-row.js';
import { countKey } from '../../../upstream/operation.js';
import { builder } from '../../core/builder.js';
import type { GraphContext } from '../../core/context.js';
import { defineFinder } from '../../core/node.js';
import { storedButUnread } from '../../core/run-mutation.js';
import { TENANT_ARG, tenantOf } from '../../core/tenant.js';
import { Agent, agentRef } from '../agent.js';
import { linkedSubAgent, SubAgent } from '../sub-agent.js';
import { linkedTool } from '../tool/loader.js';
import { Tool } from '../tool/ref.js';
import { RelationId, type RelationRef, relationRef, SubAgentToolRelation } from './ref.js';

/** The relation with this key, proven to exist; null otherwise. */
async function findRelation(
  context: GraphContext,
  key: AgentKey & { relationId: string },
): Promise<RelationRef | null> {
  const { row, record } = getRelation(context.operation, key);
  countKey(record);
  const relation = await row;
  return relation && relationRef(key, relation);
}

defineFinder(RelationId, findRelation);

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
      resolve: (relation) => RelationId.encode({ ...relation, relationId: relationIdOf(relation) }),
    }),
    tenantId: t.exposeString('tenantId', { nullable: false, description: 'The upstream’s id of the tenant.' }),
    projectId: t.exposeString('projectId', { nullable: false, description: 'The upstream’s id of the project.' }),
    agentId: t.exposeString('agentId', { nullable: false, description: 'The upstream’s id of the agent.' }),
    subAgentId: t.exposeString('subAgentId', {
      nullable: false,
      description: 'The upstream’s id of the sub-agent that has the tool.',
    }),
    toolId: t.exposeString('toolId', {
      nullable: false,
      description: 'The upstream’s id of the tool it has.',
    }),
    relationId: t.string({
      nullable: false,
      description: 'The upstream’s own id, unique in the agent.',
      resolve: relationIdOf,
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
      resolve: (relation, _args, context, info) => linkedSubAgent(context, relation, info),
    }),
    tool: t.field({
      type: Tool,
      nullable: true,
      description: 'The tool it has. Its ids cost nothing; null is seen only where more is asked and the tool is gone.',
      resolve: (relation, _args, context, info) => linkedTool(context, relation, info),
    }),
    selectedTools: t.stringList({
      description: 'Functions of the tool that may be used; null: all of them; empty: none.',
      resolve: ({ known }) => memberOf(known, 'selectedTools'),
    }),
    headers: t.field({
      type: 'JSONObject',
      description: 'HTTP headers sent to the MCP server for this sub-agent: may hold secrets. Null where unset.',
      resolve: ({ known }) => memberOf(known, 'headers'),
    }),
    toolPolicies: t.field({
      type: [ToolPolicy],
      description: 'Rules for single functions; null where none are set.',
      resolve: ({ known }) => {
        const policies = memberOf(known, 'toolPolicies');
        return (
          policies &&
          Object.entries(policies).map(([toolName, policy]) => ({
            toolName,
            needsApproval: policy.needsApproval ?? false,
          }))
        );
      },
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the tool was given.',
      resolve: ({ known }) => memberOf(known, 'createdAt'),
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When this was last changed.',
      resolve: ({ known }) => memberOf(known, 'updatedAt'),
    }),
  }),
});

function relationIdOf({ known }: RelationRef): string {
  try {
    return memberOf(known, 'id');
  } catch (error) {
    throw storedButUnread(error, 'The sub-agent has the tool, but the id of the relation could not be read.');
  }
}

builder.queryFields((t) => ({
  subAgentToolRelation: t.field({
    type: SubAgentToolRelation,
    extensions: { upstream: 'inkeep' },
    nullable: true,
    description: 'One relation between a sub-agent and a tool; null where there is none. One call.',
    args: {
      tenantId: t.arg.string(TENANT_ARG),
      projectId: t.arg.string({ required: true, description: 'The upstream’s id of the project.' }),
      agentId: t.arg.string({ required: true, description: 'The upstream’s id of the agent.' }),
      relationId: t.arg.string({ required: true, description: 'The upstream’s own id of the relation.' }),
    },
    resolve: (_root, { tenantId, ...key }, context) =>
      findRelation(context, { ...key, tenantId: tenantOf(context, tenantId) }),
  }),
}));
