import type { Operation } from '../operation.js';
import { getAgent, listAgents, type UpstreamVoiceAgent } from './agent.js';
import { getTool, listTools, MAX_PAGE_SIZE, type UpstreamVoiceTool } from './tool.js';

/** From this many wanted rows on, the list is read instead of each row: the account has 60 calls a minute. */
const MANY = 2;

/** Plans how voice agents and their tools are read in one operation. */
export class KatavenReader {
  readonly #operation: Operation;
  #agents: Promise<readonly UpstreamVoiceAgent[]> | undefined;
  #tools: Promise<readonly UpstreamVoiceTool[]> | undefined;
  #toolsByName = new Map<string, UpstreamVoiceTool>();

  constructor(operation: Operation) {
    this.#operation = operation;
  }

  /** Every voice agent of the account, newest first; one call. */
  agents(keys = 1): Promise<readonly UpstreamVoiceAgent[]> {
    const { rows, record } = listAgents(this.#operation);
    record.keys += keys;
    this.#agents = rows;
    return rows;
  }

  /** The voice agents with these ids; null where the account has none. */
  agentsByIds(ids: readonly string[]): ReadonlyMap<string, Promise<UpstreamVoiceAgent | null>> {
    const list = this.#agents ?? (ids.length >= MANY ? this.agents(ids.length) : undefined);
    const one = async (id: string): Promise<UpstreamVoiceAgent | null> =>
      (await list)?.find((agent) => agent.id === id) ?? getAgent(this.#operation, id);
    return new Map(ids.map((id) => [id, one(id)]));
  }

  /** Keeps tools that another answer held. */
  sawTools(tools: readonly UpstreamVoiceTool[]): void {
    for (const tool of tools) this.#toolsByName.set(tool.name, tool);
  }

  /** The tools with these names; null where the account has none. */
  toolsByNames(names: readonly string[]): ReadonlyMap<string, Promise<UpstreamVoiceTool | null>> {
    const unseen = names.filter((name) => !this.#toolsByName.has(name));
    const list = unseen.length >= MANY || this.#tools ? this.#allTools(unseen.length) : undefined;
    const one = async (name: string): Promise<UpstreamVoiceTool | null> => {
      const seen = this.#toolsByName.get(name);
      if (seen) return seen;
      // The list may be long; a name on no page is asked for, as an insert meanwhile may have moved it.
      return (await list)?.find((tool) => tool.name === name) ?? getTool(this.#operation, name);
    };
    return new Map(names.map((name) => [name, one(name)]));
  }

  #allTools(keys: number): Promise<readonly UpstreamVoiceTool[]> {
    this.#tools ??= this.#readAllTools(keys);
    return this.#tools;
  }

  async #readAllTools(keys: number): Promise<readonly UpstreamVoiceTool[]> {
    const first = listTools(this.#operation, {}, { offset: 0, limit: MAX_PAGE_SIZE });
    first.record.keys += keys;
    const { rows, total } = await first.page;
    const offsets = Array.from(
      { length: Math.ceil(total / MAX_PAGE_SIZE) - 1 },
      (_, index) => (index + 1) * MAX_PAGE_SIZE,
    );
    const rest = offsets.map((offset) => listTools(this.#operation, {}, { offset, limit: MAX_PAGE_SIZE }).page);
    const all = [...rows, ...(await Promise.all(rest)).flatMap((page) => page.rows)];
    this.sawTools(all);
    return all;
  }

  /** Forgets what was read. */
  clear(): void {
    this.#agents = undefined;
    this.#tools = undefined;
    this.#toolsByName = new Map();
  }
}
