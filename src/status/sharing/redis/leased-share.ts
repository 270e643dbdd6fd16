import type { Share, SharedState, ShareListener } from '../share.js';
import type { Message } from './message.js';

/** What a share needs from the connection to Redis. */
export interface ShareLink {
  /** This instance, as `publishTo` of other instances names it. */
  readonly instance: string;
  publish(message: Message): void;
  /** Sends a message to one instance. */
  publishTo(instance: string, message: Message): void;
  /** Releases the lease, if this instance holds it. */
  release(): void;
  onClose(): void;
}

type StatesMessage = Extract<Message, { kind: 'states' }>;

/** A count that no message has, so that the next message requests everything again. */
const UNKNOWN_COUNT = -1;

/**
 * The share of this instance in one target. It polls while it holds the lease (`holder`) or while Redis is unavailable (`alone`);
 * otherwise it is a `listener`. A message with a lower lease number than an earlier message comes from an instance that was frozen,
 * and is ignored.
 */
export class LeasedShare implements Share {
  readonly #listener: ShareListener;
  readonly #link: ShareLink;
  #role: 'unknown' | 'holder' | 'alone' | 'listener' = 'unknown';
  #leaseUntil = 0;
  #number = 0;
  #count = 0;
  /** False until the first round has ended or a whole message has arrived. Until then, nothing is sent on request. */
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

  roundFailed(): void {
    if (this.#role === 'holder' && this.holds) this.#link.publish({ kind: 'outage', number: this.#number });
  }

  close(): void {
    if (this.#role === 'holder') this.#link.release();
    this.#link.onClose();
  }

  /** Redis is unavailable: every instance polls by itself. */
  goAlone(): void {
    this.#become('alone');
  }

  /** This instance holds the lease with this number. `until` is its end, by `performance.now()`. */
  hold(until: number, number: number): void {
    const lapsed = this.#role === 'holder' && !this.holds;
    this.#leaseUntil = until;
    const isNew = this.#role !== 'holder' || number !== this.#number;
    if (isNew) {
      this.#number = number;
      this.#count = 0;
    }
    this.#role = 'holder';
    // Another instance may have polled meanwhile, and pub/sub stores nothing: poll again, even if this one polled alone before.
    if (isNew || lapsed) this.#listener.onHoldingChange(true);
  }

  /** Another instance holds the lease with this number. */
  listen(number: number): void {
    const isNew = this.#role !== 'listener';
    this.#become('listener');
    // The answer of Redis may be older than messages that came on the other connection.
    if (isNew || number > this.#number) {
      this.#number = number;
      this.#count = UNKNOWN_COUNT;
    }
    if (isNew) this.#requestAll();
  }

  /** Handles a message on the channel. Own messages arrive as well. */
  receive(message: Message): void {
    if (message.kind === 'resend' && this.#role === 'holder' && this.holds && this.#knowsWhole) {
      this.#link.publishTo(message.to, this.#statesMessage(this.#listener.states(), true));
    }
    if (this.#role !== 'listener') return;
    if (message.kind === 'states') this.#receiveStates(message);
    if (message.kind === 'outage' && message.number >= this.#number) this.#listener.onOutage();
  }

  /**
   * Applies states of the holder, and requests everything if a message was missed. Example: count 4 was received, then
   * `{ count: 6, states: [a] }` arrives → `a` is applied and `resend` is published; `{ count: 4, states: [] }` would be in order.
   */
  #receiveStates(message: StatesMessage): void {
    const { number, count, isWhole, states } = message;
    if (number < this.#number) return;
    const isMissing = !isWhole && !this.#isNext(message);
    this.#number = number;
    const isApplied = (states.length === 0 && !isWhole) || this.#listener.onStates(states, isWhole);
    if (isWhole) this.#knowsWhole = true;
    // If a state was not applied, an own poll found something newer. In case the holder never finds that, request everything later.
    this.#count = isMissing || !isApplied ? UNKNOWN_COUNT : count;
    if (isMissing) this.#requestAll();
  }

  #requestAll(): void {
    this.#link.publish({ kind: 'resend', to: this.#link.instance });
  }

  /** True if no message of this lease is missing before this one. Only messages with states raise the count. */
  #isNext({ number, count, states }: StatesMessage): boolean {
    return number === this.#number && count === this.#count + (states.length > 0 ? 1 : 0);
  }

  #send(states: readonly SharedState[], isWhole: boolean): void {
    this.#link.publish(this.#statesMessage(states, isWhole));
  }

  #statesMessage(states: readonly SharedState[], isWhole: boolean): StatesMessage {
    return { kind: 'states', number: this.#number, count: this.#count, isWhole, states: [...states] };
  }

  #become(role: 'alone' | 'listener'): void {
    if (this.#role === role) return;
    const heldBefore = this.holds;
    this.#role = role;
    if (this.holds !== heldBefore) this.#listener.onHoldingChange(this.holds);
  }
}
