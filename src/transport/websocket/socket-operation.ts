import type { ExecutionResult, FormattedExecutionResult, GraphQLFormattedError } from 'graphql';
import type { Outcome } from '../execution/execute-operation.js';
import { formatResult } from '../execution/public-errors.js';
import { endsSubscription, ResultPump } from '../execution/result-pump.js';
import { type SocketCaller, SocketExchange } from './socket-exchange.js';

/**
 * Where the answers of a socket's operations go. Each settles when its message has left; after `failed` and `completed` there
 * is none for that id.
 */
export interface Replies {
  next(id: string, result: FormattedExecutionResult): Promise<void>;
  failed(id: string, errors: readonly GraphQLFormattedError[]): Promise<void>;
  completed(id: string): Promise<void>;
}

/** One operation of a socket, from its `subscribe` message to its end. */
export class SocketOperation {
  /** The client's name for it. */
  readonly id: string;
  readonly exchange: SocketExchange;
  #pump: ResultPump | undefined;
  #failure: readonly GraphQLFormattedError[] | undefined;

  constructor(id: string, caller: SocketCaller, count: number) {
    this.id = id;
    this.exchange = new SocketExchange(caller, count);
  }

  /** Subscriptions have no end of their own to wait for. */
  get isSubscription(): boolean {
    return this.exchange.record.type === 'subscription';
  }

  /** True for a subscription that had begun, and ended because an upstream takes its credential no longer. */
  get credentialExpired(): boolean {
    return this.#pump !== undefined && (this.#failure?.some(isUnauthenticated) ?? false);
  }

  /** Nobody wants its answers any more. Its source is told at once, and nothing is sent from now on. */
  stop(): void {
    this.exchange.leave();
    this.#pump?.stop();
  }

  /**
   * Sends what execution brings; `complete` is to follow when it has settled. Rejects only where our own code is broken. Not
   * async: that would keep one more frame for as long as a subscription waits.
   */
  answer(outcome: Outcome, replies: Replies): Promise<void> {
    if (!(outcome instanceof ResultPump)) return this.#deliver(outcome, replies);
    this.#pump = outcome;
    if (this.exchange.hasLeft) outcome.stop();
    return outcome.run((result) => this.#deliver(result, replies));
  }

  /** Says that there is no more to come, unless the client has been told, or does not want to know. */
  async complete(replies: Replies): Promise<void> {
    if (!this.exchange.hasLeft && !this.#failure) await replies.completed(this.id);
  }

  async #deliver(result: ExecutionResult, replies: Replies): Promise<void> {
    if (this.exchange.hasLeft) return;
    const formatted = formatResult(result);
    if (!endsSubscription(result)) return replies.next(this.id, formatted);
    this.#failure = formatted.errors ?? [];
    await replies.failed(this.id, this.#failure);
  }
}

function isUnauthenticated({ extensions }: GraphQLFormattedError): boolean {
  return extensions?.code === 'UNAUTHENTICATED';
}
