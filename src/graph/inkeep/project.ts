import type { GraphQLResolveInfo } from 'graphql';
import { builder } from '../core/builder.js';
import type { GraphContext } from '../core/context.js';
import { defineLoader, readByParent } from '../core/loader.js';
import type { Selected } from '../core/look-ahead.js';
import { encodeNodeId } from '../core/node-id.js';
import { startProject } from '../core/prefetch.js';
import { Project, type ProjectRef, projectRef } from '../core/refs.js';
import { rowFields } from '../core/row-field.js';

/** The row of a project: by itself, or from the tenant's list when several are asked for at once. */
const loadProject = defineLoader(
  ({ tenantId, projectId }: Pick<ProjectRef, 'tenantId' | 'projectId'>) => [tenantId, projectId],
  (context, keys) =>
    readByParent(
      keys,
      (key) => key.tenantId,
      (group) => {
        const rows = context.inkeep.projects(group[0].tenantId).byIds(group.map((key) => key.projectId));
        return group.map((key) => rows.get(key.projectId) ?? Promise.resolve(null));
      },
    ),
);

/** The project with this key, proven to exist; null otherwise. What is selected below it is asked for meanwhile. */
export async function findProject(
  context: GraphContext,
  key: Pick<ProjectRef, 'tenantId' | 'projectId'>,
  field: Selected,
  { schema }: Pick<GraphQLResolveInfo, 'schema'>,
): Promise<ProjectRef | null> {
  const project = loadProject(context, key);
  startProject(context, key, field, schema);
  const row = await project;
  return row && projectRef(key, row);
}

const stored = rowFields('stored', (project: ProjectRef) => project.row, loadProject);

Project.implement({
  description:
    'A project of a tenant: agents, and the tools (MCP servers) they share. Looking one up costs one upstream call.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id, for `node(id)` and for inputs named after a project. Costs nothing.',
      resolve: (project) => encodeNodeId('Project', project),
    }),
    tenantId: t.exposeString('tenantId', {
      nullable: false,
      description: 'The upstream’s id of the tenant. Costs nothing.',
    }),
    projectId: t.exposeString('projectId', {
      nullable: false,
      description: 'The upstream’s own id, unique in the tenant. Costs nothing.',
    }),
    name: t.string({ description: 'Name shown to people.', ...stored((row) => row.name) }),
    description: t.string({
      description: 'What the project is for; null where unset.',
      ...stored((row) => row.description),
    }),
    models: t.field({
      type: 'JSON',
      description: 'Models its agents use unless they say otherwise; null where unset.',
      ...stored((row) => row.models),
    }),
    stopWhen: t.field({
      type: 'JSON',
      description: 'Limits on steps and transfers for its agents; null where unset.',
      ...stored((row) => row.stopWhen),
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was created.', ...stored((row) => row.createdAt) }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last changed.',
      ...stored((row) => row.updatedAt),
    }),
  }),
});
