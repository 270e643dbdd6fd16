import type { Observation } from '../observation.js';
import { type Share, type SharedState, type Sharing, sharedOf } from './share.js';

export interface WatchSharesOptions {
  readonly sharing: Sharing;
  readonly key: string;
  /** True for a set of tools: each is shared by itself, because other instances may watch other sets. */
  readonly isPerTool: boolean;
  /** Whether the live fields besides `status` and `lastError` are sent too. */
  readonly withLive: boolean;
  /** This instance must poll from now on: the tool with this id or, without an id, everything. */
  onHeld(id: string | undefined): void;
  onStates(states: readonly SharedState[], isWhole: boolean): boolean;
  /** The upstream cannot answer the instance that polls an agent or project. */
  onOutage(): void;
  states(): readonly SharedState[];
}

/** The shares of one watch: one for an agent or project, one for each single tool. */
export class WatchShares {
  readonly #options: WatchSharesOptions;
  readonly #byTool = new Map<string, Share>();
  #whole: Share | undefined;
  #publishedIds = '';

  constructor(options: WatchSharesOptions) {
    this.#options = options;
  }

  /** True if this instance polls at least one tool of the watch now. */
  get holdsAny(): boolean {
    return this.#whole?.holds ?? [...this.#byTool.values()].some((share) => share.holds);
  }

  /** True if this instance may poll a tool, and publish the result, now. */
  holds(id: string): boolean {
    return (this.#whole ?? this.#byTool.get(id))?.holds ?? false;
  }

  held(ids: readonly string[]): readonly string[] {
    return ids.filter((id) => this.holds(id));
  }

  /** Opens the share of an agent or project. Does nothing for a set of tools. */
  open(): void {
    const { sharing, key, isPerTool, onHeld, onStates, onOutage, states } = this.#options;
    if (isPerTool) return;
    this.#whole = sharing.open(key, {
      onHoldingChange: (holds) => {
        this.#publishedIds = '';
        if (holds) onHeld(undefined);
      },
      onStates,
      onOutage,
      states,
    });
  }

  /** Opens the share of one tool. Does nothing for an agent or project. */
  openTool(id: string): void {
    const { sharing, key, isPerTool, onHeld, onStates, states } = this.#options;
    if (!isPerTool) return;
    const share = sharing.open(`${key}\n${id}`, {
      onHoldingChange: (holds) => {
        if (holds) onHeld(id);
      },
      onStates: (received) => onStates(received, false),
      // The state of a single tool is sent as stale, whether or not its status is known.
      onOutage() {},
      states: () => states().filter(({ toolId }) => toolId === id),
    });
    this.#byTool.set(id, share);
  }

  closeTool(id: string): void {
    this.#byTool.get(id)?.close();
    this.#byTool.delete(id);
  }

  /** Sends a change to the other instances. */
  publish(observation: Observation, startedAt: number): void {
    const states = [sharedOf(observation, startedAt, this.#options.withLive)];
    if (this.#whole) this.#whole.publish(states);
    else this.#byTool.get(observation.tool.toolId)?.publish(states, true);
  }

  /** A round of polls has ended. If the set of tools has changed, the whole is sent to the other instances. */
  roundEnded(): void {
    for (const share of this.#byTool.values()) share.roundEnded();
    if (!this.#whole) return;
    const states = this.#options.states();
    const ids = states.map(({ toolId, removed }) => `${toolId} ${removed}`).join('\n');
    if (ids === this.#publishedIds) this.#whole.roundEnded();
    else this.#whole.publish(states, true);
    this.#publishedIds = ids;
  }

  /** The upstream could not answer a round of polls. */
  roundFailed(): void {
    this.#whole?.roundFailed();
  }

  close(): void {
    this.#whole?.close();
    for (const share of this.#byTool.values()) share.close();
    this.#byTool.clear();
  }
}
