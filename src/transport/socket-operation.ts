import type { ExecutionResult, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import { formatResult } from './errors.js';
import type { Exchange } from './exchange.js';
import type { Outcome } from './execution.js';
import { endsSubscription, pumpResults } from './pump-results.js';

/** Where the answers of one operation go. Each settles when its message has left; after `failed` and `completed` there is none. */
export interface Replies {
  next(result: FormattedExecutionResult): Promise<void>;
  failed(errors: readonly GraphQLFormattedError[]): Promise<void>;
  completed(): Promise<void>;
}

/** One operation of a socket, from its `subscribe` message to its end. */
export class SocketOperation {
  readonly exchange: Exchange;
  readonly #controller = new AbortController();
  #failure: readonly GraphQLFormattedError[] = [];
  #credentialExpired = false;

  constructor(startExchange: (signal: AbortSignal) => Exchange) {
    this.exchange = startExchange(this.#controller.signal);
  }

  /** Subscriptions have no end of their own to wait for. */
  get isSubscription(): boolean {
    return this.exchange.record.type === 'subscription';
  }

  /** True for a subscription that had begun, and ended because an upstream takes its credential no longer. */
  get credentialExpired(): boolean {
    return this.#credentialExpired;
  }

  /** Nobody wants its answers any more. Its source is told at once, and nothing is sent from now on. */
  stop(): void {
    this.#controller.abort();
  }

  /** Sends what `execute` brings. Settles when the operation is over; rejects only where our own code is broken. */
  async run(execute: () => Promise<Outcome>, replies: Replies): Promise<void> {
    const outcome = await execute();
    const signal = this.#controller.signal;
    const deliver = (result: ExecutionResult) => this.#deliver(result, replies);
    if (isAsyncIterable(outcome)) {
      await pumpResults(outcome, signal, deliver);
      this.#credentialExpired = this.#failure.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
    } else {
      await deliver(outcome);
    }
    if (!signal.aborted && this.#failure.length === 0) await replies.completed();
  }

  async #deliver(result: ExecutionResult, replies: Replies): Promise<void> {
    if (this.#controller.signal.aborted) return;
    const formatted = formatResult(result);
    if (!endsSubscription(result)) return replies.next(formatted);
    this.#failure = formatted.errors ?? [];
    await replies.failed(this.#failure);
  }
}
