import { type Static, Type } from '@sinclair/typebox';
import type { Operation } from '../operation.js';
import { json, shapeOf, text } from '../shapes.js';
import { getItem, type Item } from './item.js';
import { type ProjectKey, projectPath } from './keys.js';
import type { List } from './list.js';
import type { Resource } from './readers/item-reader.js';

const row = Type.Object({
  id: Type.String(),
  name: text,
  description: text,
  models: json,
  stopWhen: json,
  createdAt: text,
  updatedAt: text,
});

const rowShape = shapeOf(row);
const rowsShape = shapeOf(Type.Array(row));

/** A project as received. */
export type UpstreamProject = Static<typeof row>;

/** Projects of a tenant, newest first. */
export function projectList(tenantId: string): List<UpstreamProject> {
  return {
    call: { operation: 'list-projects', path: ['tenants', tenantId, 'projects'], lane: 'plain' },
    rows: rowsShape,
    idOf: (project) => project.id,
  };
}

/** One project; null if it does not exist or the caller may not see it. */
export function getProject(operation: Operation, key: ProjectKey): Item<UpstreamProject> {
  return getItem(operation, 'get-project-by-id', projectPath(key), rowShape, (project) => project.id === key.projectId);
}

const permissions = Type.Object({ canView: Type.Boolean(), canUse: Type.Boolean(), canEdit: Type.Boolean() });
const permissionsShape = shapeOf(permissions);

/** What the caller may do in a project, as received. */
export type UpstreamProjectPermissions = Static<typeof permissions>;

/** What the caller may do in a project; null if the upstream is older than this call. May be everything in an unknown project. */
export function getProjectPermissions(operation: Operation, key: ProjectKey): Item<UpstreamProjectPermissions> {
  const path = [...projectPath(key), 'permissions'];
  return getItem(operation, 'get-project-permissions', path, permissionsShape, () => true);
}

/** Projects of a tenant, for `InkeepReader.items`. */
export const projectResource: Resource<'tenantId', UpstreamProject> = {
  parent: ['tenantId'],
  list: ({ tenantId }) => projectList(tenantId),
  get: (operation, parent, projectId) => getProject(operation, { ...parent, projectId }),
};
