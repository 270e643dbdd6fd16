import { findAgent } from '../inkeep/agent.js';
import { findProject } from '../inkeep/project.js';
import { findRelation } from '../inkeep/relation/type.js';
import { findSubAgent } from '../inkeep/sub-agent.js';
import { findTool } from '../inkeep/tool/loader.js';
import { builder } from './builder.js';
import { connectionOf, sliceOf } from './connection.js';
import type { GraphContext } from './context.js';
import { badUserInput } from './error-codes.js';
import { selectedField } from './look-ahead.js';
import { Agent, Project, projectRef, SubAgent, SubAgentToolRelation, Tool } from './refs.js';

const ProjectConnection = builder.connectionObject(
  {
    type: Project,
    name: 'ProjectConnection',
    description: 'A page of projects, newest first.',
    fields: (t) => ({
      totalCount: t.exposeInt('totalCount', { nullable: true, description: 'Projects of the tenant.' }),
    }),
  },
  { name: 'ProjectEdge', description: 'A project and its place in the list.' },
);

const TENANT = 'The upstream’s id of the tenant; left out: the tenant of the gateway’s settings.';

/** The tenant a query means. Throws BAD_USER_INPUT where neither it nor the settings name one. */
function tenantOf(context: GraphContext, tenantId: string | null | undefined): string {
  const tenant = tenantId ?? context.defaultTenantId;
  if (tenant === undefined) {
    throw badUserInput('"tenantId" is missing: this gateway has no default tenant (INKEEP_TENANT_ID).');
  }
  return tenant;
}

builder.queryFields((t) => ({
  projects: t.field({
    type: ProjectConnection,
    extensions: { upstream: 'inkeep' },
    nullable: true,
    description: 'Projects of a tenant that the caller may see, newest first. One call per 100 rows.',
    args: { tenantId: t.arg.string({ required: false, description: TENANT }), ...t.arg.connectionArgs() },
    resolve: async (_root, { tenantId: given, ...args }, context) => {
      const tenantId = tenantOf(context, given);
      const read = await context.inkeep.projects(tenantId).window(sliceOf(args));
      return connectionOf(read, (row) => projectRef({ tenantId, projectId: row.id }, row));
    },
  }),
  project: t.field({
    type: Project,
    extensions: { upstream: 'inkeep' },
    nullable: true,
    description: 'One project; null where there is none or it is hidden from the caller. One call.',
    args: {
      tenantId: t.arg.string({ required: false, description: TENANT }),
      projectId: t.arg.string({ required: true, description: 'The upstream’s own id of the project.' }),
    },
    resolve: (_root, { tenantId, projectId }, context, info) => {
      const key = { tenantId: tenantOf(context, tenantId), projectId };
      return findProject(context, key, selectedField(info), info);
    },
  }),
  agent: t.field({
    type: Agent,
    extensions: { upstream: 'inkeep' },
    nullable: true,
    description: 'One agent; null where there is none. One call.',
    args: {
      tenantId: t.arg.string({ required: false, description: TENANT }),
      projectId: t.arg.string({ required: true, description: 'The upstream’s id of the project.' }),
      agentId: t.arg.string({ required: true, description: 'The upstream’s own id of the agent.' }),
    },
    resolve: (_root, { tenantId, projectId, agentId }, context, info) => {
      const key = { tenantId: tenantOf(context, tenantId), projectId, agentId };
      return findAgent(context, key, selectedField(info), info);
    },
  }),
  subAgent: t.field({
    type: SubAgent,
    extensions: { upstream: 'inkeep' },
    nullable: true,
    description: 'One sub-agent; null where there is none. One call.',
    args: {
      tenantId: t.arg.string({ required: false, description: TENANT }),
      projectId: t.arg.string({ required: true, description: 'The upstream’s id of the project.' }),
      agentId: t.arg.string({ required: true, description: 'The upstream’s id of the agent.' }),
      subAgentId: t.arg.string({ required: true, description: 'The upstream’s own id of the sub-agent.' }),
    },
    resolve: (_root, { tenantId, ...key }, context) =>
      findSubAgent(context, { ...key, tenantId: tenantOf(context, tenantId) }),
  }),
  tool: t.field({
    type: Tool,
    extensions: { upstream: 'inkeep' },
    nullable: true,
    description:
      'One tool; null where there is none. Costs one call per 100 tools of the project until it is found, or one look at its MCP server where live fields are selected.',
    args: {
      tenantId: t.arg.string({ required: false, description: TENANT }),
      projectId: t.arg.string({ required: true, description: 'The upstream’s id of the project.' }),
      toolId: t.arg.string({ required: true, description: 'The upstream’s own id of the tool.' }),
    },
    resolve: (_root, { tenantId, projectId, toolId }, context, info) => {
      const key = { tenantId: tenantOf(context, tenantId), projectId, toolId };
      return findTool(context, key, selectedField(info), info);
    },
  }),
  subAgentToolRelation: t.field({
    type: SubAgentToolRelation,
    extensions: { upstream: 'inkeep' },
    nullable: true,
    description: 'One relation between a sub-agent and a tool; null where there is none. One call.',
    args: {
      tenantId: t.arg.string({ required: false, description: TENANT }),
      projectId: t.arg.string({ required: true, description: 'The upstream’s id of the project.' }),
      agentId: t.arg.string({ required: true, description: 'The upstream’s id of the agent.' }),
      relationId: t.arg.string({ required: true, description: 'The upstream’s own id of the relation.' }),
    },
    resolve: (_root, { tenantId, ...key }, context) =>
      findRelation(context, { ...key, tenantId: tenantOf(context, tenantId) }),
  }),
}));
