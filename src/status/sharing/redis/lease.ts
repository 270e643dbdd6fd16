import type { Share, SharedState, ShareListener } from '../share.js';
import type { Message } from './message.js';

/** What a share asks of the connection it goes by. */
export interface ShareLink {
  publish(message: Message): void;
  /** Gives the lease back, if this instance has it. */
  release(): void;
  onClose(): void;
}

/** A count that no message has: the next one shows that something is missing. */
const UNSURE = -1;

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
  /** Only then is what is known here the whole: an instance that has just begun knows a part. */
  #knowsWhole = false;

  constructor(listener: ShareListener, link: ShareLink) {
    this.#listener = listener;
    this.#link = link;
  }

  get holds(): boolean {
    return this.#role === 'alone' || (this.#role === 'holder' && performance.now() < this.#leaseUntil);
  }

  publish(states: readonly SharedState[], isWhole = false): void {
    if (!this.holds) return;
    if (isWhole) this.#knowsWhole = true;
    if (this.#role !== 'holder') return;
    this.#count += 1;
    this.#send(states, isWhole);
  }

  roundEnded(): void {
    if (!this.holds) return;
    this.#knowsWhole = true;
    if (this.#role === 'holder') this.#send([], false);
  }

  close(): void {
    if (this.#role === 'holder') this.#link.release();
    this.#link.onClose();
  }

  /** Redis cannot be asked: every instance looks for itself. */
  goAlone(): void {
    this.#become('alone');
  }

  /** The lease of this number is ours until then, on the clock of `performance.now()`. */
  hold(until: number, number: number): void {
    const lapsed = this.#role === 'holder' && !this.holds;
    this.#leaseUntil = until;
    const isNew = this.#role !== 'holder' || number !== this.#number;
    if (isNew) {
      this.#number = number;
      this.#count = 0;
    }
    this.#role = 'holder';
    // Others may have looked meanwhile, and pub/sub keeps nothing: a fresh look, also by one that looked alone before.
    if (isNew || lapsed) this.#listener.onHoldingChange(true);
  }

  /** Another instance has the lease of this number. */
  listen(number: number): void {
    const isNew = this.#role !== 'listener';
    this.#become('listener');
    // An answer of Redis may be older than what was heard meanwhile, on another connection.
    if (isNew || number > this.#number) {
      this.#number = number;
      this.#count = UNSURE;
    }
    if (isNew) this.#link.publish({ kind: 'ask' });
  }

  /** A message on the channel, also one's own. */
  receive(message: Message): void {
    if (message.kind === 'ask' && this.#role === 'holder' && this.holds && this.#knowsWhole) {
      this.#send(this.#listener.states(), true);
    }
    if (message.kind === 'news' && this.#role === 'listener') this.#receiveStates(message);
  }

  #receiveStates({ number, count, isWhole, states }: Extract<Message, { kind: 'news' }>): void {
    if (number < this.#number) return;
    const isNext = number === this.#number && count === this.#count + (states.length > 0 ? 1 : 0);
    const isMissing = !isNext && !isWhole;
    this.#number = number;
    const isTaken = (states.length === 0 && !isWhole) || this.#listener.onStates(states, isWhole);
    if (isWhole) this.#knowsWhole = true;
    // What was seen here by a look of one's own may be newer. If the holder does not see it too, its next word sets it right.
    this.#count = isMissing || !isTaken ? UNSURE : count;
    if (isMissing) this.#link.publish({ kind: 'ask' });
  }

  #send(states: readonly SharedState[], isWhole: boolean): void {
    this.#link.publish({ kind: 'news', number: this.#number, count: this.#count, isWhole, states: [...states] });
  }

  #become(role: 'alone' | 'listener'): void {
    if (this.#role === role) return;
    const heldBefore = this.holds;
    this.#role = role;
    if (this.holds !== heldBefore) this.#listener.onHoldingChange(this.holds);
  }
}
