import { execute } from '@graphql-tools/executor';
import type { ExecutionArgs, ExecutionResult, GraphQLError } from 'graphql';

/** A deferred fragment in the incremental delivery format of 2022-08-24, which Apollo Client, Relay and urql read. */
export interface DeferredPart {
  readonly data?: unknown;
  readonly path?: readonly (string | number)[];
  readonly label?: string;
  readonly errors?: readonly unknown[];
}

/** The first part of a result, which is a result with `hasNext`, or a later one, which has deferred fragments. */
export interface ResultPart extends Omit<ExecutionResult, 'errors'> {
  readonly errors?: readonly GraphQLError[];
  readonly incremental?: readonly DeferredPart[];
  readonly hasNext: boolean;
}

/** Executes a query whose fragments with `@defer` come later. Resolves with one result if nothing was deferred. */
export async function executeInParts(args: ExecutionArgs): Promise<ExecutionResult | ResultParts> {
  const result = await execute(args as Parameters<typeof execute>[0]);
  if (!('initialResult' in result)) return result as ExecutionResult;
  return new ResultParts(result.initialResult as ResultPart, result.subsequentResults as AsyncIterator<ResultPart>);
}

/** The parts of one result, in the order in which they are complete. */
export class ResultParts implements AsyncIterableIterator<ResultPart, undefined> {
  readonly #later: AsyncIterator<ResultPart>;
  #first: ResultPart | undefined;

  constructor(first: ResultPart, later: AsyncIterator<ResultPart>) {
    this.#first = first;
    this.#later = later;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ResultPart, undefined>> {
    const value = this.#first;
    this.#first = undefined;
    return value ? { done: false, value } : this.#later.next();
  }

  /** The fragments that are not complete are executed, and never sent; the upstream calls end when the client leaves. */
  async return(): Promise<IteratorResult<ResultPart, undefined>> {
    await this.#later.return?.();
    return { done: true, value: undefined };
  }
}
