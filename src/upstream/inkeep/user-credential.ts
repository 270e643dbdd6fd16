import { z } from 'zod';
import type { Operation } from '../operation.js';
import { json, text, timestamp } from '../shapes.js';
import { getItem, type Item } from './item.js';
import type { ToolKey } from './keys.js';
import { toolPath } from './tool.js';

const externalAgent = z.looseObject({
  id: z.string(),
  name: text,
  description: text,
  baseUrl: text,
  credentialReferenceId: text,
  createdAt: timestamp,
  updatedAt: timestamp,
});

/** Also the row of a project's credential. */
export const credentialRow = z.looseObject({
  id: z.string(),
  name: text,
  type: text,
  credentialStoreId: text,
  retrievalParams: json,
  toolId: text,
  userId: text,
  createdBy: text,
  createdAt: timestamp,
  updatedAt: timestamp,
  // Documented, and in no recording.
  tools: z.array(z.looseObject({ id: z.string() })).nullish(),
  externalAgents: z.array(externalAgent).nullish(),
});

/** A user's credential for a tool, as received. `retrievalParams` may hold look-up keys: treat as secret. */
export type UpstreamUserCredential = z.infer<typeof credentialRow>;

/** The caller's own credential for a tool; null where there is none, or no such tool. */
export function getUserCredential(operation: Operation, key: ToolKey): Item<UpstreamUserCredential> {
  const path = [...toolPath(key), 'user-credential'];
  const isForTool = (credential: UpstreamUserCredential): boolean =>
    credential.toolId === undefined || credential.toolId === null || credential.toolId === key.toolId;
  return getItem(operation, 'get-user-credential-for-tool', path, credentialRow, isForTool);
}
