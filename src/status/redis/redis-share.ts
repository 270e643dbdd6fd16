import type { Share, SharedState, ShareListener } from '../share.js';
import type { Message } from './message.js';

/** What a share asks of the connection it goes by. */
export interface ShareLink {
  publish(message: Message): void;
  /** Gives the lease back, if this instance has it. */
  release(): void;
  onClose(): void;
}

/**
 * One watched thing, as this instance takes part in it: it looks while it has the lease, or while Redis cannot be asked; else
 * it listens. Word of a lower lease number than was heard before is that of a frozen instance, and ignored.
 */
export class RedisShare implements Share {
  readonly #listener: ShareListener;
  readonly #link: ShareLink;
  #role: 'unknown' | 'holder' | 'alone' | 'listener' = 'unknown';
  #leaseUntil = 0;
  #number = 0;
  #count = 0;

  constructor(listener: ShareListener, link: ShareLink) {
    this.#listener = listener;
    this.#link = link;
  }

  get holds(): boolean {
    return this.#role === 'alone' || (this.#role === 'holder' && performance.now() < this.#leaseUntil);
  }

  tell(states: readonly SharedState[], isWhole = false): void {
    if (this.#role !== 'holder' || !this.holds) return;
    this.#count += 1;
    this.#say(states, isWhole);
  }

  looked(): void {
    if (this.#role === 'holder' && this.holds) this.#say([], false);
  }

  close(): void {
    if (this.#role === 'holder') this.#link.release();
    this.#link.onClose();
  }

  /** Redis cannot be asked: every instance looks for itself. */
  goAlone(): void {
    this.#become('alone');
  }

  /** The lease is ours until then (on the clock of `performance.now()`); `number` where it was taken anew. */
  hold(until: number, number: number | undefined): void {
    this.#leaseUntil = until;
    if (number !== undefined) {
      this.#number = number;
      this.#count = 0;
    }
    this.#become('holder');
  }

  /** Another instance has the lease. */
  listen(): void {
    if (this.#role === 'listener') return;
    this.#count = 0;
    this.#become('listener');
    this.#link.publish({ kind: 'ask' });
  }

  /** A message on the channel, also one's own. */
  hear(message: Message): void {
    if (message.kind === 'ask' && this.#role === 'holder' && this.holds) this.#say(this.#listener.states(), true);
    if (message.kind === 'news' && this.#role === 'listener') this.#hearNews(message);
  }

  #hearNews({ number, count, isWhole, states }: Extract<Message, { kind: 'news' }>): void {
    if (number < this.#number) return;
    const isNext = number === this.#number && count === this.#count + (states.length > 0 && !isWhole ? 1 : 0);
    this.#number = number;
    this.#count = count;
    if (states.length > 0 || isWhole) this.#listener.onStates(states, isWhole);
    if (!isNext && !isWhole) this.#link.publish({ kind: 'ask' });
  }

  #say(states: readonly SharedState[], isWhole: boolean): void {
    this.#link.publish({ kind: 'news', number: this.#number, count: this.#count, isWhole, states: [...states] });
  }

  #become(role: 'holder' | 'alone' | 'listener'): void {
    if (this.#role === role) return;
    const heldBefore = this.#role === 'holder' || this.#role === 'alone';
    this.#role = role;
    const holds = role !== 'listener';
    // From alone to holder as well: others may have looked meanwhile, and pub/sub keeps nothing.
    if (holds !== heldBefore || role === 'holder') this.#listener.onHolding(holds);
  }
}
