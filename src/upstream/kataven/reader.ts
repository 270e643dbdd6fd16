import type { Operation } from '../operation.js';
import { getAgent, listAgents, type UpstreamVoiceAgent } from './agent.js';
import { ToolReader } from './tool-reader.js';

/** Plans the reads of voice agents and their tools in one operation. */
export class KatavenReader {
  readonly #operation: Operation;
  #agents: Promise<readonly UpstreamVoiceAgent[]> | undefined;
  #tools: ToolReader | undefined;

  constructor(operation: Operation) {
    this.#operation = operation;
  }

  /** The tools of the account. */
  get tools(): ToolReader {
    this.#tools ??= new ToolReader(this.#operation);
    return this.#tools;
  }

  /** Every voice agent of the account, newest first; one call. */
  agents(keys: readonly string[] = ['']): Promise<readonly UpstreamVoiceAgent[]> {
    const { rows, record } = listAgents(this.#operation);
    for (const key of keys) record.countKey(key);
    this.#agents = rows;
    return rows;
  }

  /** The voice agents with these ids; null if the account has none. */
  agentsByIds(ids: readonly string[]): ReadonlyMap<string, Promise<UpstreamVoiceAgent | null>> {
    const list =
      this.#agents ?? (ids.length >= this.#operation.readLimits.minRowsForList ? this.agents(ids) : undefined);
    const one = async (id: string): Promise<UpstreamVoiceAgent | null> =>
      (await list)?.find((agent) => agent.id === id) ?? getAgent(this.#operation, id);
    return new Map(ids.map((id) => [id, one(id)]));
  }

  /** Clears what was read. */
  clear(): void {
    this.#agents = undefined;
    this.#tools = undefined;
  }
}
