import { type ExecutionResult, getOperationAST, locatedError } from 'graphql';
import type { PromiseOrValue } from 'graphql-yoga';
import type { SubscribeArgs } from './engine.js';

/**
 * The results of a subscription: its document, executed for each event of the source. The algorithm is MapSourceToResponseEvent
 * of the GraphQL specification. Thousands of subscriptions wait for events at the same time, and each layer of generators costs
 * more than a kilobyte per subscription, so this is a single layer over the source.
 */
export class SubscriptionResults implements AsyncIterableIterator<ExecutionResult, undefined> {
  readonly #events: AsyncIterator<unknown>;
  readonly #args: SubscribeArgs;

  constructor(source: AsyncIterable<unknown>, args: SubscribeArgs) {
    this.#events = source[Symbol.asyncIterator]();
    this.#args = args;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The result of the next event. Never rejects: if the source or the execution fails, the result has errors and no `data`. */
  async next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    try {
      const { done, value } = await this.#events.next();
      if (done) return { done, value: undefined };
      return { done: false, value: await this.#execute(value) };
    } catch (error) {
      const { document, operationName } = this.#args;
      const operation = getOperationAST(document, operationName);
      return { done: false, value: { errors: [locatedError(error, operation ?? undefined)] } };
    }
  }

  #execute(event: unknown): PromiseOrValue<ExecutionResult> {
    const { executeEvent, ...args } = this.#args;
    return executeEvent({ ...args, rootValue: event });
  }

  /** Closes the source. */
  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    await this.#events.return?.();
    return { done: true, value: undefined };
  }
}
