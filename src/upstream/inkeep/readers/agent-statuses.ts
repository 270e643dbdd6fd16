import { UpstreamNotFound } from '../../client/errors/upstream-errors.js';
import type { Operation } from '../../operation.js';
import type { AgentKey } from '../keys.js';
import { getToolStatus, type UpstreamToolStatus } from '../tool-status.js';
import { unlessFinal, withPatience } from './patience.js';

/** The statuses of the tools of an agent by tool id; undefined if they must be read in another way. */
export type AgentStatuses = Promise<ReadonlyMap<string, UpstreamToolStatus> | undefined>;

/**
 * Reads the statuses of all tools of an agent with one call. Resolves with undefined if the call fails, if it takes longer than
 * `patienceMs` because one tool hangs, and on servers that do not have it. Rejects with errors that any call would get.
 */
export async function readAgentStatuses(operation: Operation, agent: AgentKey): AgentStatuses {
  const { patienceMs } = operation.readLimits;
  try {
    const rows = await withPatience(getToolStatus(operation, agent).catch(unlessFinal), patienceMs);
    return rows && new Map(rows.map((row) => [row.id, row]));
  } catch (error) {
    if (error instanceof UpstreamNotFound) return undefined;
    throw error;
  }
}
