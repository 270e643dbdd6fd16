import { z } from 'zod';
import type { Operation } from '../operation.js';
import { json, text, timestamp } from '../shapes.js';
import { getItem, type Item } from './item.js';
import { type ProjectKey, projectPath } from './keys.js';
import type { List } from './list.js';

const row = z.looseObject({
  id: z.string(),
  name: text,
  description: text,
  models: json,
  stopWhen: json,
  createdAt: timestamp,
  updatedAt: timestamp,
});

const rows = z.array(row);

/** A project as received. */
export type UpstreamProject = z.infer<typeof row>;

/** Projects of a tenant, newest first. */
export function projectList(tenantId: string): List<UpstreamProject> {
  return {
    call: { operation: 'list-projects', path: ['tenants', tenantId, 'projects'], lane: 'plain' },
    rows,
    idOf: (project) => project.id,
  };
}

/** One project; null where there is none or the caller may not see it. */
export function getProject(operation: Operation, key: ProjectKey): Item<UpstreamProject> {
  return getItem(operation, 'get-project-by-id', projectPath(key), row, (project) => project.id === key.projectId);
}
