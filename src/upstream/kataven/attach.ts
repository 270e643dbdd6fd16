import { isTooDeep } from '../../exact-json.js';
import { UpstreamBadResponse } from '../client/errors/upstream-errors.js';
import type { Operation } from '../operation.js';
import { isSameJson } from '../same-json.js';
import { listAgentTools, type UpstreamAgentTool, upsertAgentTool } from './agent-tool.js';

/** Undefined keeps a field; null sets it to the value of a new row. */
export interface AgentToolChange {
  readonly enabled?: boolean | null | undefined;
  readonly config?: Readonly<Record<string, unknown>> | null | undefined;
}

export interface AttachedToVoiceAgent {
  readonly row: UpstreamAgentTool;
  readonly outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED';
}

const NEW = { enabled: true, config: {} } as const;

/**
 * Gives a voice agent a tool, or changes its row. It is not documented what the upstream does to fields that are left out, so
 * the row is read first and sent complete. Rejects with UpstreamNotFound for an unknown agent, and for an unknown tool name
 * if the upstream checks it.
 */
export async function attachToolToVoiceAgent(
  operation: Operation,
  agentId: string,
  toolName: string,
  change: AgentToolChange,
): Promise<AttachedToVoiceAgent> {
  const rows = await listAgentTools(operation, agentId);
  const existing = rows.find((row) => row.tool_name === toolName);
  const before = { enabled: existing?.enabled ?? NEW.enabled, config: existing?.config ?? NEW.config };
  const after = {
    tool_name: toolName,
    enabled: change.enabled === undefined ? before.enabled : (change.enabled ?? NEW.enabled),
    config: change.config === undefined ? before.config : (change.config ?? NEW.config),
  };
  if (isTooDeep(after.config)) throw unwritable(agentId);
  const row = { ...after, config: { ...after.config } };
  if (existing && isSameJson(before, { enabled: row.enabled, config: row.config })) {
    return { row: existing, outcome: 'UNCHANGED' };
  }
  await upsertAgentTool(operation, agentId, row);
  return { row, outcome: existing ? 'UPDATED' : 'CREATED' };
}

/** The error for a stored config that is too deep. The input of a client never is: its depth is limited. */
function unwritable(agentId: string): UpstreamBadResponse {
  return new UpstreamBadResponse('answered with a config that is nested too deeply to be sent back', {
    service: 'kataven',
    operation: 'list-agent-tools',
    method: 'GET',
    path: `/agents/${agentId}/tools`,
  });
}
