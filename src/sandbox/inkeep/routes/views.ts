import type { Finding } from '../mcp/discovery.js';
import { isoTime } from '../store/clock.js';
import type { CredentialRow, RelationRow, SubAgentRow, ToolRow } from '../store/rows.js';

// Rows as the API shows them. What is missing and what is null differs from resource to resource. (observed)

/** A sub-agent; `type` is not stored. */
export function subAgentView(subAgent: SubAgentRow) {
  return { ...subAgent, type: 'internal' };
}

/** A relation with its sub-agent inside, and without the project and agent that the path already names. */
export function toolUserView(relation: RelationRow, subAgent: SubAgentRow) {
  const { projectId: _project, agentId: _agent, ...shown } = relation;
  const { tenantId: _t, projectId: _p, agentId: _a, outputContract: _o, ...inner } = subAgent;
  return { ...shown, subAgent: inner };
}

/** A tool nobody looked at: status unknown, and the error of the last look kept. */
export function storedToolView(tool: ToolRow) {
  return {
    ...commonToolView(tool),
    status: 'unknown',
    availableTools: [],
    capabilities: tool.capabilities ?? undefined,
  };
}

/** A tool just looked at. `createdBy` and `expiresAt` are those of the credential that was used. */
export function liveToolView(tool: ToolRow, finding: Finding, credential: CredentialRow | undefined) {
  const hasCapabilities = Object.keys(finding.capabilities).length > 0;
  return {
    ...commonToolView(tool),
    status: finding.status,
    availableTools: finding.availableTools,
    capabilities: hasCapabilities ? finding.capabilities : undefined,
    createdBy: credential?.createdBy ?? undefined,
    expiresAt: credential?.expiresAt ?? undefined,
    // Written by the application, so the fraction has its three digits. (observed)
    updatedAt: new Date(isoTime(tool.updatedAt)).toISOString(),
  };
}

function commonToolView(tool: ToolRow) {
  return {
    ...tool,
    headers: tool.headers ?? undefined,
    imageUrl: tool.imageUrl || undefined,
    credentialReferenceId: tool.credentialReferenceId ?? undefined,
    createdAt: isoTime(tool.createdAt),
    updatedAt: isoTime(tool.updatedAt),
  };
}

/** A credential, without the project it belongs to. */
export function credentialView({ tenantId: _t, projectId: _p, expiresAt: _e, ...shown }: CredentialRow) {
  return shown;
}
