import { type Static, Type } from '@sinclair/typebox';
import type { Operation } from '../operation.js';
import { json, optional, shapeOf, text } from '../shapes.js';
import { getItem, type Item } from './item.js';
import type { ToolKey } from './keys.js';
import { toolPath } from './tool.js';

const externalAgent = Type.Object({
  id: Type.String(),
  name: text,
  description: text,
  baseUrl: text,
  credentialReferenceId: text,
  createdAt: text,
  updatedAt: text,
});

/** Also the row of a project's credential. */
export const credentialRow = Type.Object({
  id: Type.String(),
  name: text,
  type: text,
  credentialStoreId: text,
  retrievalParams: json,
  toolId: text,
  userId: text,
  createdBy: text,
  createdAt: text,
  updatedAt: text,
  // Documented, and in no recording.
  tools: optional(Type.Array(Type.Object({ id: Type.String() }))),
  externalAgents: optional(Type.Array(externalAgent)),
});

/** The row of one credential. */
export const credentialShape = shapeOf(credentialRow);

/** A user's credential for a tool, as received. `retrievalParams` may hold lookup keys: treat it as a secret. */
export type UpstreamUserCredential = Static<typeof credentialRow>;

/** The caller's own credential for a tool; null if there is none, or if the tool does not exist. */
export function getUserCredential(operation: Operation, key: ToolKey): Item<UpstreamUserCredential> {
  const path = [...toolPath(key), 'user-credential'];
  const isForTool = (credential: UpstreamUserCredential): boolean =>
    credential.toolId === undefined || credential.toolId === null || credential.toolId === key.toolId;
  return getItem(operation, 'get-user-credential-for-tool', path, credentialShape, isForTool);
}
