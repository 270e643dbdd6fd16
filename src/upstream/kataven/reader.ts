import { countKey, type Operation } from '../operation.js';
import { getAgent, listAgents, type UpstreamVoiceAgent } from './agent.js';
import { getTool, listTools, MAX_PAGE_SIZE, type UpstreamVoiceTool } from './tool.js';

/** From this many wanted rows on, the list is read instead of each row: the account has 60 calls a minute. */
const MANY = 2;

/** Plans how voice agents and their tools are read in one operation. */
export class KatavenReader {
  readonly #operation: Operation;
  #agents: Promise<readonly UpstreamVoiceAgent[]> | undefined;
  #allTools: Promise<void> | undefined;
  readonly #toolsById = new Map<string, UpstreamVoiceTool>();
  readonly #toolsByName = new Map<string, UpstreamVoiceTool>();

  constructor(operation: Operation) {
    this.#operation = operation;
  }

  /** Every voice agent of the account, newest first; one call. */
  agents(keys: readonly string[] = ['']): Promise<readonly UpstreamVoiceAgent[]> {
    const { rows, record } = listAgents(this.#operation);
    for (const key of keys) countKey(record, key);
    this.#agents = rows;
    return rows;
  }

  /** The voice agents with these ids; null where the account has none. */
  agentsByIds(ids: readonly string[]): ReadonlyMap<string, Promise<UpstreamVoiceAgent | null>> {
    const list = this.#agents ?? (ids.length >= MANY ? this.agents(ids) : undefined);
    const one = async (id: string): Promise<UpstreamVoiceAgent | null> =>
      (await list)?.find((agent) => agent.id === id) ?? getAgent(this.#operation, id);
    return new Map(ids.map((id) => [id, one(id)]));
  }

  /** Keeps tools that another answer held. */
  sawTools(tools: readonly UpstreamVoiceTool[]): void {
    for (const tool of tools) {
      this.#toolsById.set(tool.id, tool);
      this.#toolsByName.set(tool.name, tool);
    }
  }

  /** The tools with these ids or names, as the upstream's own route takes either; null where the account has none. */
  toolsByIdOrName(wanted: readonly string[]): ReadonlyMap<string, Promise<UpstreamVoiceTool | null>> {
    const unseen = wanted.filter((idOrName) => !this.#seenTool(idOrName));
    const list = unseen.length > 0 && (unseen.length >= MANY || this.#allTools) ? this.#listTools(unseen) : undefined;
    const one = async (idOrName: string): Promise<UpstreamVoiceTool | null> => {
      const seen = this.#seenTool(idOrName);
      if (seen) return seen;
      await list;
      // The list may be long: what is on no page is asked for, as an insert meanwhile may have moved it.
      return this.#seenTool(idOrName) ?? getTool(this.#operation, idOrName);
    };
    return new Map(wanted.map((idOrName) => [idOrName, one(idOrName)]));
  }

  #seenTool(idOrName: string): UpstreamVoiceTool | undefined {
    return this.#toolsById.get(idOrName) ?? this.#toolsByName.get(idOrName);
  }

  #listTools(keys: readonly string[]): Promise<void> {
    this.#allTools ??= this.#readAllTools(keys);
    return this.#allTools;
  }

  async #readAllTools(keys: readonly string[]): Promise<void> {
    const first = listTools(this.#operation, {}, { offset: 0, limit: MAX_PAGE_SIZE });
    for (const key of keys) countKey(first.record, key);
    const { rows, total } = await first.page;
    const offsets = Array.from(
      { length: Math.max(0, Math.ceil(total / MAX_PAGE_SIZE) - 1) },
      (_, index) => (index + 1) * MAX_PAGE_SIZE,
    );
    const rest = offsets.map((offset) => listTools(this.#operation, {}, { offset, limit: MAX_PAGE_SIZE }).page);
    this.sawTools([...rows, ...(await Promise.all(rest)).flatMap((page) => page.rows)]);
  }

  /** Forgets what was read. */
  clear(): void {
    this.#agents = undefined;
    this.#allTools = undefined;
    this.#toolsById.clear();
    this.#toolsByName.clear();
  }
}
