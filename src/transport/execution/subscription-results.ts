import { type ExecutionArgs, type ExecutionResult, execute, getOperationAST, locatedError } from 'graphql';

/** What executing one event brought: a result as it is for clients, whatever went wrong. */
type Finish = (result: Omit<ExecutionResult, 'errors'> & { readonly errors?: readonly unknown[] }) => ExecutionResult;

/**
 * The results of a subscription: its document, executed for each event of the source. The algorithm is MapSourceToResponseEvent
 * of the GraphQL specification. One layer over the source, because thousands of subscriptions wait at a time, and each layer of
 * generators costs more than a kilobyte.
 */
export class LiveResults implements AsyncIterableIterator<ExecutionResult, undefined> {
  readonly #events: AsyncIterator<unknown>;
  readonly #args: ExecutionArgs;
  readonly #finish: Finish;

  constructor(source: AsyncIterable<unknown>, args: ExecutionArgs, finish: Finish) {
    this.#events = source[Symbol.asyncIterator]();
    this.#args = args;
    this.#finish = finish;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** The result of the next event. Never rejects: a source that breaks brings a result without `data`. */
  async next(): Promise<IteratorResult<ExecutionResult, undefined>> {
    try {
      const { done, value } = await this.#events.next();
      if (done) return { done, value: undefined };
      return { done: false, value: this.#finish(await execute({ ...this.#args, rootValue: value })) };
    } catch (error) {
      const { document, operationName } = this.#args;
      const operation = getOperationAST(document, operationName);
      return { done: false, value: this.#finish({ errors: [locatedError(error, operation ?? undefined)] }) };
    }
  }

  /** Leaves the source. */
  async return(): Promise<IteratorResult<ExecutionResult, undefined>> {
    await this.#events.return?.();
    return { done: true, value: undefined };
  }
}
