import type { Observation } from '../observation.js';
import { type Share, type SharedState, type Sharing, sharedOf } from './share.js';

export interface SharesOptions {
  readonly sharing: Sharing;
  readonly key: string;
  /** Single tools are shared one by one: other instances may watch other sets of them. */
  readonly isPerTool: boolean;
  /** It falls to this instance to look: at the whole, or at the tool of this id. */
  onHolding(id: string | undefined): void;
  onStates(states: readonly SharedState[], isWhole: boolean): boolean;
  states(): readonly SharedState[];
}

/** The shares of one watch: one for an agent or project, one for each single tool. */
export class Shares {
  readonly #options: SharesOptions;
  readonly #byTool = new Map<string, Share>();
  #whole: Share | undefined;
  #told = '';

  constructor(options: SharesOptions) {
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
    const { sharing, key, isPerTool, onHolding, onStates, states } = this.#options;
    if (isPerTool) return;
    this.#whole = sharing.open(key, {
      onHolding: (holds) => {
        this.#told = '';
        if (holds) onHolding(undefined);
      },
      onStates,
      states,
    });
  }

  /** Begins to take part in a single tool. */
  want(id: string): void {
    const { sharing, key, isPerTool, onHolding, onStates, states } = this.#options;
    if (!isPerTool) return;
    const share = sharing.open(`${key}\n${id}`, {
      onHolding: (holds) => {
        if (holds) onHolding(id);
      },
      onStates: (told) => onStates(told, false),
      states: () => states().filter(({ toolId }) => toolId === id),
    });
    this.#byTool.set(id, share);
  }

  unwant(id: string): void {
    this.#byTool.get(id)?.close();
    this.#byTool.delete(id);
  }

  /** Tells the other instances what is news here. */
  tell(observation: Observation, askedAt: number): void {
    const states = [sharedOf(observation, askedAt)];
    if (this.#whole) this.#whole.tell(states);
    else this.#byTool.get(observation.tool.toolId)?.tell(states, true);
  }

  /** A look is done. The others are told which tools there are now, where that has changed. */
  looked(): void {
    for (const share of this.#byTool.values()) share.looked();
    if (!this.#whole) return;
    const states = this.#options.states();
    const told = states.map(({ toolId }) => toolId).join('\n');
    if (told === this.#told) this.#whole.looked();
    else this.#whole.tell(states, true);
    this.#told = told;
  }

  close(): void {
    this.#whole?.close();
    for (const share of this.#byTool.values()) share.close();
    this.#byTool.clear();
  }
}
