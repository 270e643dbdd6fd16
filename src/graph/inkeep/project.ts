import { toRfc3339 } from '../../upstream/date-time.js';
import { INKEEP_ID, type ProjectKey } from '../../upstream/inkeep/keys.js';
import {
  getProjectPermissions,
  projectResource,
  type UpstreamProject,
  type UpstreamProjectPermissions,
} from '../../upstream/inkeep/project.js';
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
import { findProof, prefetchProject } from './prefetch.js';

export const ProjectId = defineNodeId('Project', ['tenantId', 'projectId'], INKEEP_ID);

/** A project as resolvers pass it on: its key, and its row if an answer has included it. */
export class ProjectRef implements ProjectKey {
  readonly __typename = 'Project';
  readonly tenantId: string;
  readonly projectId: string;
  readonly row: UpstreamProject | undefined;

  constructor(key: ProjectKey, row: UpstreamProject | undefined) {
    this.tenantId = key.tenantId;
    this.projectId = key.projectId;
    this.row = row;
  }

  /** Encoded when it is selected. Generated code reads a member faster than it calls a resolver. */
  get id(): string {
    return ProjectId.encode(this);
  }
}

export const Project = builder.objectRef<ProjectRef>('Project');

/** The project with this key, without a read. It may not exist unless a row is given. */
export function projectRef(key: ProjectKey, row?: UpstreamProject): ProjectRef {
  return new ProjectRef(key, row);
}

/** Loads the row of a project: by its own call, or from the tenant's list if several projects are loaded in one tick. */
const loadProject = defineLoader(
  ({ tenantId, projectId }: ProjectKey) => [tenantId, projectId],
  (context, keys) =>
    readByParent(
      keys,
      (key) => key.tenantId,
      (group) => {
        const rows = context.inkeep.items(projectResource, group[0]).byIds(group.map((key) => key.projectId));
        return group.map((key) => rows.get(key.projectId) ?? Promise.resolve(null));
      },
    ),
);

/**
 * The project with this key; null if it does not exist. Prefetches what is selected below it. If only lists of the project are
 * selected, a list with rows proves that it exists, and the project itself is not read.
 */
async function findProject(context: GraphContext, key: ProjectKey, field: Selected): Promise<ProjectRef | null> {
  const isProven = field.needsOn('Project').size === 0 ? findProof(context, key, field) : undefined;
  const project = isProven ? undefined : loadProject(context, key);
  prefetchProject(context, key, field);
  if (await isProven) return projectRef(key);
  const row = await (project ?? loadProject(context, key));
  return row && projectRef(key, row);
}

defineFinder(ProjectId, findProject);

const stored = rowFields('stored', (project: ProjectRef) => project.row, loadProject);

const ProjectPermissions = builder.objectRef<UpstreamProjectPermissions>('ProjectPermissions').implement({
  description: 'What the caller may do in a project.',
  fields: (t) => ({
    canView: t.exposeBoolean('canView', { nullable: false, description: 'Read everything in it.' }),
    canUse: t.exposeBoolean('canUse', { nullable: false, description: 'Use its agents.' }),
    canEdit: t.exposeBoolean('canEdit', { nullable: false, description: 'Change it: required for mutations.' }),
  }),
});

Project.implement({
  description:
    'A project of a tenant: its agents, and the tools (MCP servers) that they share. Reading one costs one upstream call.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.exposeID('id', {
      nullable: false,
      description: 'Global id, for `node(id)` and for inputs that name a project. Needs no upstream call.',
    }),
    tenantId: t.exposeString('tenantId', {
      nullable: false,
      description: 'The upstream id of the tenant. Needs no upstream call.',
    }),
    projectId: t.exposeString('projectId', {
      nullable: false,
      description: 'The upstream id, unique in the tenant. Needs no upstream call.',
    }),
    name: t.string({ description: 'Display name.', ...stored((row) => row.name) }),
    description: t.string({
      description: 'What the project is for; null if not set.',
      ...stored((row) => row.description),
    }),
    models: t.field({
      type: 'JSON',
      description: 'Default models of its agents; null if not set.',
      ...stored((row) => row.models),
    }),
    stopWhen: t.field({
      type: 'JSON',
      description: 'Default limits on steps and transfers of its agents; null if not set.',
      ...stored((row) => row.stopWhen),
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
    permissions: t.field({
      type: ProjectPermissions,
      extensions: { reads: 'each' },
      nullable: true,
      description: 'What the caller may do here; null if the upstream does not tell. One call.',
      resolve: (project, _args, context) => {
        const { row, record } = getProjectPermissions(context.operation, project);
        record.countKey();
        return row;
      },
    }),
  }),
});

const ProjectConnection = defineConnection(Project, {
  page: 'A page of projects, newest first.',
  edge: 'A project and its place in the list.',
  totalCount: 'Projects of the tenant.',
});

builder.queryFields((t) => ({
  projects: t.field({
    type: ProjectConnection,
    extensions: { upstream: 'inkeep', reads: 'page' },
    nullable: true,
    description: 'Projects of a tenant that the caller may see, newest first. One call per 100 rows.',
    args: { tenantId: t.arg.string(TENANT_ARG), ...t.arg.connectionArgs() },
    resolve: async (_root, { tenantId: given, ...args }, context) => {
      const tenantId = tenantOf(context, given);
      const read = await context.inkeep.items(projectResource, { tenantId }).window(sliceOf(args));
      return connectionOf(read, (row) => projectRef({ tenantId, projectId: row.id }, row));
    },
  }),
  project: t.field({
    type: Project,
    extensions: { upstream: 'inkeep', reads: 'row' },
    nullable: true,
    description: 'One project; null if it does not exist or the caller may not see it. One call.',
    args: {
      tenantId: t.arg.string(TENANT_ARG),
      projectId: t.arg.string({ required: true, description: 'The upstream id of the project.' }),
    },
    resolve: (_root, { tenantId, projectId }, context, info) => {
      const key = { tenantId: tenantOf(context, tenantId), projectId };
      return findProject(context, key, selectedField(context, info));
    },
  }),
}));
