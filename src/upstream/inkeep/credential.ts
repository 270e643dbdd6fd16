import { z } from 'zod';
import type { Operation } from '../operation.js';
import { getItem, type Item } from './item.js';
import { type ProjectKey, projectPath } from './keys.js';

const row = z.looseObject({ id: z.string() });

/** A credential of a project, that tools can be linked to; null if the project has none of this id. */
export function getCredential(
  operation: Operation,
  project: ProjectKey,
  credentialId: string,
): Item<z.infer<typeof row>> {
  const path = [...projectPath(project), 'credentials', credentialId];
  return getItem(operation, 'get-credential-by-id', path, row, (credential) => credential.id === credentialId);
}
