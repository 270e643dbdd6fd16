import type { Observation } from '../observation.js';
import { type Share, type SharedState, type Sharing, sharedOf } from './share.js';

export interface WatchSharesOptions {
  readonly sharing: Sharing;
  readonly key: string;
  /** Single tools are shared one by one: other instances may watch other sets of them. */
  readonly isPerTool: boolean;
  /** It falls to this instance to look: at the whole, or at the tool of this id. */
  onHeld(id: string | undefined): void;
  onStates(states: readonly SharedState[], isWhole: boolean): boolean;
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

  /** Whether this instance looks at anything of it at this moment. */
  get holdsAny(): boolean {
    return this.#whole?.holds ?? [...this.#byTool.values()].some((share) => share.holds);
  }

  /** Whether this instance may look at a tool, and tell of it, at this moment. */
  holds(id: string): boolean {
    return (this.#whole ?? this.#byTool.get(id))?.holds ?? false;
  }

  held(ids: readonly string[]): readonly string[] {
    return ids.filter((id) => this.holds(id));
  }

  /** Begins to take part in an agent or project. */
  open(): void {
    const { sharing, key, isPerTool, onHeld, onStates, states } = this.#options;
    if (isPerTool) return;
    this.#whole = sharing.open(key, {
      onHoldingChange: (holds) => {
        this.#publishedIds = '';
        if (holds) onHeld(undefined);
      },
      onStates,
      states,
    });
  }

  /** Begins to take part in a single tool. */
  openTool(id: string): void {
    const { sharing, key, isPerTool, onHeld, onStates, states } = this.#options;
    if (!isPerTool) return;
    const share = sharing.open(`${key}\n${id}`, {
      onHoldingChange: (holds) => {
        if (holds) onHeld(id);
      },
      onStates: (told) => onStates(told, false),
      states: () => states().filter(({ toolId }) => toolId === id),
    });
    this.#byTool.set(id, share);
  }

  closeTool(id: string): void {
    this.#byTool.get(id)?.close();
    this.#byTool.delete(id);
  }

  /** Tells the other instances what is news here. */
  publish(observation: Observation, startedAt: number): void {
    const states = [sharedOf(observation, startedAt)];
    if (this.#whole) this.#whole.publish(states);
    else this.#byTool.get(observation.tool.toolId)?.publish(states, true);
  }

  /** A look is done. The others are told which tools there are now, where that has changed. */
  roundEnded(): void {
    for (const share of this.#byTool.values()) share.roundEnded();
    if (!this.#whole) return;
    const states = this.#options.states();
    const told = states.map(({ toolId }) => toolId).join('\n');
    if (told === this.#publishedIds) this.#whole.roundEnded();
    else this.#whole.publish(states, true);
    this.#publishedIds = told;
  }

  close(): void {
    this.#whole?.close();
    for (const share of this.#byTool.values()) share.close();
    this.#byTool.clear();
  }
}
