import type { Finding } from '../mcp/discovery.js';
import { isoTime } from '../store/clock.js';
import type { CredentialRow, RelationRow, SubAgentRow, ToolRow } from '../store/rows.js';

// Rows as the API returns them. Whether an empty member is missing or null depends on the resource. (observed)

/** A sub-agent; `type` is not stored. */
export function subAgentView(subAgent: SubAgentRow) {
  return { ...subAgent, type: 'internal' };
}

/** A relation with its sub-agent, without the project and the agent that are in the path. */
export function toolUserView(relation: RelationRow, subAgent: SubAgentRow) {
  const { projectId: _project, agentId: _agent, ...shown } = relation;
  const { tenantId: _t, projectId: _p, agentId: _a, outputContract: _o, ...inner } = subAgent;
  return { ...shown, subAgent: inner };
}

/** A tool without a probe: its status is unknown, its error is that of the last probe. */
export function storedToolView(tool: ToolRow) {
  return {
    ...commonToolView(tool),
    status: 'unknown',
    availableTools: [],
    capabilities: tool.capabilities ?? undefined,
  };
}

/** A tool after a probe. `createdBy` and `expiresAt` are those of the credential that the probe used. */
export function liveToolView(tool: ToolRow, finding: Finding, credential: CredentialRow | undefined) {
  const hasCapabilities = Object.keys(finding.capabilities).length > 0;
  return {
    ...commonToolView(tool),
    status: finding.status,
    availableTools: finding.availableTools,
    capabilities: hasCapabilities ? finding.capabilities : undefined,
    createdBy: credential?.createdBy ?? undefined,
    expiresAt: credential?.expiresAt ?? undefined,
    // The application formats this date, so the fraction has three digits. (observed)
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
