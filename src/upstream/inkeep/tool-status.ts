import { type Static, Type } from '@sinclair/typebox';
import type { UpstreamCall } from '../client/call.js';
import type { Operation } from '../operation.js';
import { readShape, shapeOf, text } from '../shapes.js';
import { type AgentKey, agentPath } from './keys.js';

const row = Type.Object({ id: Type.String(), name: text, status: text, lastError: text });

const bodyShape = shapeOf(Type.Object({ data: Type.Array(row) }));

/** The status of one tool, as tool-status returns it. */
export type UpstreamToolStatus = Static<typeof row>;

/**
 * Live status of every tool that an agent uses, each once. The upstream probes the tools in groups of five, one group after the
 * other, so one that hangs delays the whole answer by 10 s. UpstreamNotFound for an unknown agent, and on servers before 0.80.
 */
export async function getToolStatus(operation: Operation, agent: AgentKey): Promise<readonly UpstreamToolStatus[]> {
  const call: UpstreamCall = {
    operation: 'get-agent-tool-status',
    method: 'GET',
    path: [...agentPath(agent), 'tool-status'],
    lane: 'probe',
  };
  const { answer, record } = operation.read('inkeep', call);
  record.countKey();
  return readShape('inkeep', bodyShape, call, await answer).data;
}
