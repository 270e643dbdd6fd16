import { type Static, Type } from '@sinclair/typebox';
import type { UpstreamCall } from '../client/call.js';
import type { Operation } from '../operation.js';
import { badResponse, flag, jsonObject, optional, readShape, shapeOf, text } from '../shapes.js';

const row = Type.Object({
  agent_id: text,
  tool_name: Type.String(),
  config: optional(jsonObject),
  enabled: flag,
});

// The shape of the answer is not documented: accept a list, or an object with the list in `tools`.
const rowsShape = shapeOf(Type.Union([Type.Array(row), Type.Object({ tools: Type.Array(row) })]));

/** One (agent, tool name) row as received. It has no id and no timestamps. */
export type UpstreamAgentTool = Static<typeof row>;

/** The tool rows of one voice agent, disabled ones too. Rejects with UpstreamNotFound for an unknown agent. */
export async function listAgentTools(operation: Operation, agentId: string): Promise<readonly UpstreamAgentTool[]> {
  const call: UpstreamCall = {
    operation: 'list-agent-tools',
    method: 'GET',
    path: ['agents', agentId, 'tools'],
    lane: 'plain',
  };
  const { answer, record } = operation.read('kataven', call);
  record.countKey();
  const received = await answer;
  const read = readShape('kataven', rowsShape, call, received);
  const agentTools = 'tools' in read ? read.tools : read;
  if (agentTools.some(({ agent_id }) => (agent_id ?? agentId) !== agentId)) {
    throw badResponse('kataven', call, received, 'answered with the rows of another agent');
  }
  return agentTools;
}

/**
 * Creates or replaces one row. The answer has no body. It is not documented what happens to fields that are left out, so send
 * all.
 */
export async function upsertAgentTool(
  operation: Operation,
  agentId: string,
  stored: { tool_name: string; enabled: boolean; config: Readonly<Record<string, unknown>> },
): Promise<void> {
  const call: UpstreamCall = {
    operation: 'upsert-agent-tool',
    method: 'PUT',
    path: ['agents', agentId, 'tools'],
    body: { agent_id: agentId, ...stored },
    lane: 'plain',
    answer: 'any',
  };
  await operation.write('kataven', call);
}
