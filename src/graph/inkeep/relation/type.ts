import { toRfc3339 } from '../../../upstream/date-time.js';
import type { AgentKey } from '../../../upstream/inkeep/keys.js';
import { getRelation } from '../../../upstream/inkeep/relation.js';
import { memberOf } from '../../../upstream/known-row.js';
import { builder } from '../../core/builder.js';
import type { GraphContext } from '../../core/context.js';
import { defineFinder } from '../../core/ids/node.js';
import { TENANT_ARG, tenantOf } from '../../core/tenant.js';
import { Agent, agentRef } from '../agent.js';
import { linkedSubAgent, SubAgent } from '../sub-agent.js';
import { linkedTool } from '../tool/loader.js';
import { Tool } from '../tool/ref.js';
import { RelationId, type RelationRef, relationRef, SubAgentToolRelation } from './ref.js';

/** The relation with this key; null if it does not exist. */
async function findRelation(
  context: GraphContext,
  key: AgentKey & { relationId: string },
): Promise<RelationRef | null> {
  const { row, record } = getRelation(context.operation, key);
  record.countKey();
  const relation = await row;
  return relation && relationRef(key, relation);
}

defineFinder(RelationId, findRelation);

const ToolPolicy = builder.objectRef<{ toolName: string; needsApproval: boolean }>('ToolPolicy').implement({
  description: 'A rule for one function of a tool.',
  fields: (t) => ({
    toolName: t.exposeString('toolName', { nullable: false, description: 'Name of the function on the server.' }),
    needsApproval: t.exposeBoolean('needsApproval', {
      nullable: false,
      description: 'Whether a person must approve each call.',
    }),
  }),
});

SubAgentToolRelation.implement({
  description: 'The link between a sub-agent and a tool that it may use, with its settings. There is one per pair.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.exposeID('id', {
      nullable: false,
      description: 'Global id, for `node(id)` and for inputs that name a relation. Needs no upstream call.',
    }),
    tenantId: t.exposeString('tenantId', { nullable: false, description: 'The upstream id of the tenant.' }),
    projectId: t.exposeString('projectId', { nullable: false, description: 'The upstream id of the project.' }),
    agentId: t.exposeString('agentId', { nullable: false, description: 'The upstream id of the agent.' }),
    subAgentId: t.exposeString('subAgentId', {
      nullable: false,
      description: 'The upstream id of the sub-agent that has the tool.',
    }),
    toolId: t.exposeString('toolId', {
      nullable: false,
      description: 'The upstream id of the tool that it has.',
    }),
    relationId: t.exposeString('relationId', {
      nullable: false,
      description: 'The upstream id, unique in the agent.',
    }),
    agent: t.field({
      type: Agent,
      nullable: false,
      description: 'The agent. Reading only its ids needs no upstream call; other fields need one.',
      resolve: (relation) => agentRef(relation),
    }),
    subAgent: t.field({
      type: SubAgent,
      nullable: true,
      description:
        'The sub-agent that has the tool. Reading only its ids needs no upstream call; other fields need one, or one per 100 sub-agents.',
      resolve: (relation, _args, context, info) => linkedSubAgent(context, relation, info),
    }),
    tool: t.field({
      type: Tool,
      extensions: { bringsRow: true },
      nullable: true,
      description:
        'The tool that it has. Reading only its ids needs no upstream call. Null if other fields are selected and the tool does not exist.',
      resolve: (relation, _args, context, info) => linkedTool(context, relation, info),
    }),
    selectedTools: t.stringList({
      description: 'Functions of the tool that the sub-agent may use. Null means all, an empty list none.',
      resolve: ({ known }) => memberOf(known, 'selectedTools'),
    }),
    headers: t.field({
      type: 'JSONObject',
      description: 'HTTP headers sent to the MCP server for this sub-agent. May hold secrets. Null if not set.',
      resolve: ({ known }) => memberOf(known, 'headers'),
    }),
    toolPolicies: t.field({
      type: [ToolPolicy],
      description: 'Rules for single functions; null if not set.',
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
      description: 'When the tool was attached.',
      resolve: ({ known }) => toRfc3339(memberOf(known, 'createdAt')),
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last changed.',
      resolve: ({ known }) => toRfc3339(memberOf(known, 'updatedAt')),
    }),
  }),
});

builder.queryFields((t) => ({
  subAgentToolRelation: t.field({
    type: SubAgentToolRelation,
    extensions: { upstream: 'inkeep', reads: 'each' },
    nullable: true,
    description: 'One relation between a sub-agent and a tool; null if it does not exist. One call.',
    args: {
      tenantId: t.arg.string(TENANT_ARG),
      projectId: t.arg.string({ required: true, description: 'The upstream id of the project.' }),
      agentId: t.arg.string({ required: true, description: 'The upstream id of the agent.' }),
      relationId: t.arg.string({ required: true, description: 'The upstream id of the relation.' }),
    },
    resolve: (_root, { tenantId, ...key }, context) =>
      findRelation(context, { ...key, tenantId: tenantOf(context, tenantId) }),
  }),
}));
