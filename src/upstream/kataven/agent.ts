import { type Static, Type } from '@sinclair/typebox';
import type { UpstreamCall } from '../client/call.js';
import { UpstreamNotFound } from '../client/errors/upstream-errors.js';
import type { CallRecord, Operation } from '../operation.js';
import { badResponse, flag, jsonNumber, optional, readShape, shapeOf, text } from '../shapes.js';

const row = Type.Object({
  id: Type.String(),
  name: text,
  description: text,
  category: text,
  status: text,
  system_prompt: text,
  greeting_message: text,
  greeting_mode: text,
  llm_model: text,
  voice_provider: text,
  voice_id: text,
  auth_mode: text,
  active_prompt_id: text,
  template_id: text,
  ringing_enabled: flag,
  noise_suppression_enabled: flag,
  background_audio_enabled: flag,
  background_audio_volume: optional(jsonNumber),
  created_at: text,
  updated_at: text,
  created_by: text,
});

const rowShape = shapeOf(row);
const rowsShape = shapeOf(Type.Array(row));

/** A voice agent as received. */
export type UpstreamVoiceAgent = Static<typeof row>;

/** Every voice agent of the account, newest first: the upstream does not page them. */
export function listAgents(operation: Operation): { rows: Promise<readonly UpstreamVoiceAgent[]>; record: CallRecord } {
  const call: UpstreamCall = { operation: 'list-agents', method: 'GET', path: ['agents'], lane: 'plain' };
  const { answer, record } = operation.read('kataven', call);
  return { record, rows: answer.then((received) => readShape('kataven', rowsShape, call, received)) };
}

/** One voice agent; null if the account has none with this id. */
export async function getAgent(operation: Operation, agentId: string): Promise<UpstreamVoiceAgent | null> {
  const call: UpstreamCall = { operation: 'get-agent', method: 'GET', path: ['agents', agentId], lane: 'plain' };
  const { answer, record } = operation.read('kataven', call);
  record.countKey();
  try {
    const received = await answer;
    const agent = readShape('kataven', rowShape, call, received);
    if (agent.id !== agentId) throw badResponse('kataven', call, received, 'answered with another agent');
    return agent;
  } catch (error) {
    if (error instanceof UpstreamNotFound) return null;
    throw error;
  }
}
