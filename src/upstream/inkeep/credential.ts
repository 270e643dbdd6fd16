import { type Static, Type } from '@sinclair/typebox';
import type { Operation } from '../operation.js';
import { shapeOf } from '../shapes.js';
import { getItem, type Item } from './item.js';
import { type ProjectKey, projectPath } from './keys.js';
import type { List } from './list.js';
import type { Resource } from './readers/item-reader.js';
import { credentialRow, credentialShape } from './user-credential.js';

const rowsShape = shapeOf(Type.Array(credentialRow));

/** A credential of a project as received. `retrievalParams` may hold lookup keys: treat it as a secret. */
export type UpstreamCredential = Static<typeof credentialRow>;

export interface CredentialKey extends ProjectKey {
  readonly credentialReferenceId: string;
}

/** Credentials of a project, newest first. Rows of the list do not say what uses them: `tools` and `externalAgents` are absent. */
function credentialList(project: ProjectKey): List<UpstreamCredential> {
  return {
    call: { operation: 'list-credentials', path: [...projectPath(project), 'credentials'], lane: 'plain' },
    rows: rowsShape,
    idOf: (credential) => credential.id,
  };
}

/** One credential of a project, that tools can be linked to; null if the project has none of this id. */
export function getCredential(operation: Operation, key: CredentialKey): Item<UpstreamCredential> {
  const path = [...projectPath(key), 'credentials', key.credentialReferenceId];
  return getItem(
    operation,
    'get-credential-by-id',
    path,
    credentialShape,
    (credential) => credential.id === key.credentialReferenceId,
  );
}

/** Credentials of a project, for `InkeepReader.items`. */
export const credentialResource: Resource<'tenantId' | 'projectId', UpstreamCredential> = {
  parent: ['tenantId', 'projectId'],
  list: credentialList,
  get: (operation, parent, credentialReferenceId) => getCredential(operation, { ...parent, credentialReferenceId }),
};
