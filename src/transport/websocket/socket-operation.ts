import type { ExecutionResult, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { Outcome } from '../execution/execute-operation.js';
import { formatResult } from '../execution/public-errors.js';
import { endsSubscription, ResultPump } from '../execution/result-pump.js';
import { type SocketCaller, SocketExchange } from './socket-exchange.js';

/** Sends answers to operations. Each resolves when its message is sent. After `failed` or `completed`, nothing is sent for the id. */
export interface Replies {
  next(id: string, result: FormattedExecutionResult): Promise<void>;
  failed(id: string, errors: readonly GraphQLFormattedError[]): Promise<void>;
  completed(id: string): Promise<void>;
}

/** One operation of a socket, from its `subscribe` message to its end. */
export class SocketOperation {
  /** The id that the client chose. */
  readonly id: string;
  readonly exchange: SocketExchange;
  #pump: ResultPump | undefined;
  #failure: readonly GraphQLFormattedError[] | undefined;

  constructor(id: string, caller: SocketCaller, count: number) {
    this.id = id;
    this.exchange = new SocketExchange(caller, count);
  }

  /** On shutdown, subscriptions are stopped, and other operations are awaited. */
  get isSubscription(): boolean {
    return this.exchange.summary.type === 'subscription';
  }

  /** True for a subscription that had started, and ended because an upstream no longer accepts its credential. */
  get credentialExpired(): boolean {
    return this.#pump !== undefined && (this.#failure?.some(isUnauthenticated) ?? false);
  }

  /** Closes the source at once. Nothing is sent from now on. */
  stop(): void {
    this.exchange.leave();
    this.#pump?.stop();
  }

  /**
   * Sends all results; call `complete` when it has resolved. Rejects only on a bug. It is not async, which would keep another
   * frame in memory while a subscription waits.
   */
  answer(outcome: Outcome, replies: Replies): Promise<void> {
    // The parts of a result are messages, too.
    if (!(outcome instanceof ResultPump)) return this.#deliver(outcome, replies);
    this.#pump = outcome;
    if (this.exchange.signal.aborted) outcome.stop();
    return outcome.run((result) => this.#deliver(result, replies));
  }

  /** Sends `complete`, unless the client has left or has already received an error. */
  async complete(replies: Replies): Promise<void> {
    if (!this.exchange.signal.aborted && !this.#failure) await replies.completed(this.id);
  }

  async #deliver(result: ExecutionResult, replies: Replies): Promise<void> {
    if (this.exchange.signal.aborted) return;
    const formatted = formatResult(result);
    if (!endsSubscription(result)) return replies.next(this.id, formatted);
    this.#failure = formatted.errors ?? [];
    await replies.failed(this.id, this.#failure);
  }
}

function isUnauthenticated({ extensions }: GraphQLFormattedError): boolean {
  return extensions?.code === 'UNAUTHENTICATED';
}
