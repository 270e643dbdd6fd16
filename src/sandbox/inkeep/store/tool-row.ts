import type { z } from 'zod';
import type { Caller } from '../env.js';
import { Problem } from '../problems.js';
import type { ToolInsert, ToolUpdate } from '../routes/schemas.js';
import { insertTimeMs } from './clock.js';
import type { CredentialRow, ProjectKey, ToolConfig, ToolRow } from './rows.js';
import type { Store } from './store.js';

/** The row that a create-tool body makes. */
export function toolRow(project: ProjectKey, body: z.output<typeof ToolInsert>): ToolRow {
  const createdAt = insertTimeMs();
  return {
    ...project,
    id: body.id,
    name: body.name,
    description: body.description ?? null,
    config: body.config as ToolConfig,
    credentialReferenceId: body.credentialReferenceId ?? null,
    credentialScope: body.credentialScope ?? 'project',
    headers: body.headers ?? null,
    imageUrl: body.imageUrl ?? null,
    capabilities: body.capabilities ?? null,
    lastError: body.lastError ?? null,
    isWorkApp: body.isWorkApp ?? false,
    createdAt,
    updatedAt: createdAt,
  };
}

/** What an update body changes. `config` takes the place of the old one. Throws bad_request where nothing would change. */
export function toolChanges(body: z.output<typeof ToolUpdate>): Partial<ToolRow> {
  if (Object.keys(body).length === 0) throw new Problem('bad_request', 'No fields to update');
  return body as Partial<ToolRow>;
}

/** The credential a probe uses: the tool's own, or with scope `user` that of the caller. So what it finds is the caller's. */
export function credentialFor(store: Store, tool: ToolRow, { userId }: Caller): CredentialRow | undefined {
  const { tenantId, projectId, id: toolId, credentialReferenceId } = tool;
  if (tool.credentialScope === 'user') return store.credentials.where({ tenantId, projectId, toolId, userId })[0];
  return credentialReferenceId === null
    ? undefined
    : store.credentials.get({ tenantId, projectId, id: credentialReferenceId });
}
