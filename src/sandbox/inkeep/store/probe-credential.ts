import type { Caller } from '../env.js';
import type { CredentialRow, ToolRow } from './rows.js';
import type { Store } from './store.js';

/** The credential that a probe uses: the tool's own, or with scope `user` the caller's. */
export function probeCredential(store: Store, tool: ToolRow, { userId }: Caller): CredentialRow | undefined {
  const { tenantId, projectId, id: toolId, credentialReferenceId } = tool;
  if (tool.credentialScope === 'user') return store.credentials.where({ tenantId, projectId, toolId, userId })[0];
  return credentialReferenceId === null
    ? undefined
    : store.credentials.get({ tenantId, projectId, id: credentialReferenceId });
}
