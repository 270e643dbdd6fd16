import { builder } from '../../core/builder.js';
import { connectionOf, sliceOf } from '../../core/connections/connection.js';
import { defineConnection } from '../../core/connections/connection-type.js';
import { nodesOf, selectedField } from '../../core/reads/look-ahead.js';
import { TENANT_ARG, tenantOf } from '../../core/tenant.js';
import { wantsLive } from '../prefetch.js';
import { Project } from '../project.js';
import { findTool } from './loader.js';
import { Tool, toolRef } from './ref.js';
import { toolsWithStatus } from './tools-by-status.js';
import { ToolStatus } from './type.js';

export const ToolConnection = defineConnection(Tool, {
  page: 'A page of tools.',
  edge: 'A tool and its place in the list.',
  totalCount: 'Number of tools in the whole list; null for a list filtered by status, which the upstream cannot count.',
});

builder.objectFields(Project, (t) => ({
  tools: t.field({
    type: ToolConnection,
    extensions: { reads: 'page', bringsRow: true },
    nullable: true,
    description:
      'Its tools, newest first. One call per 100 rows. If live fields are selected, every tool on the page is probed.',
    args: {
      status: t.arg({
        type: [ToolStatus],
        required: false,
        description:
          'Only tools with one of these statuses. The upstream cannot search by status: its pages are read in order, and every tool on them is probed, until this page is full.',
      }),
      ...t.arg.connectionArgs(),
    },
    resolve: async (project, { status, ...args }, context, info) => {
      const slice = sliceOf(args);
      if (status) return toolsWithStatus(context, project, new Set(status), slice);
      const isLive = nodesOf([selectedField(context, info)], 'Tool').some(wantsLive);
      const reader = context.inkeep.tools(project);
      const read = isLive ? await reader.liveWindow(slice) : await reader.storedWindow(slice);
      const { tenantId, projectId } = project;
      return connectionOf(read, (row) => toolRef({ tenantId, projectId, toolId: row.id }, row));
    },
  }),
  tool: t.field({
    type: Tool,
    extensions: { reads: 'row', bringsRow: true },
    nullable: true,
    description: 'One of its tools; null if it does not exist. One call, or one per 100 tools of the project.',
    args: { toolId: t.arg.string({ required: true, description: 'The upstream id of the tool.' }) },
    resolve: (project, { toolId }, context, info) =>
      findTool(context, { ...project, toolId }, selectedField(context, info)),
  }),
}));

builder.queryFields((t) => ({
  tool: t.field({
    type: Tool,
    extensions: { upstream: 'inkeep', reads: 'row', bringsRow: true },
    nullable: true,
    description:
      'One tool; null if it does not exist. One call per 100 tools of the project until it is found, or one probe if live fields are selected.',
    args: {
      tenantId: t.arg.string(TENANT_ARG),
      projectId: t.arg.string({ required: true, description: 'The upstream id of the project.' }),
      toolId: t.arg.string({ required: true, description: 'The upstream id of the tool.' }),
    },
    resolve: (_root, { tenantId, projectId, toolId }, context, info) => {
      const key = { tenantId: tenantOf(context, tenantId), projectId, toolId };
      return findTool(context, key, selectedField(context, info));
    },
  }),
}));
