import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type OperationTypeNode,
} from 'graphql';
import { isAsyncIterable, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Exchange } from './exchange.js';
import { publicErrors, refusal } from './public-errors.js';
import type { OperationParams } from './request-params.js';
import { LiveResults } from './subscription-results.js';

export interface ExecutionOptions<Context extends object> {
  /** Called once per operation, after every check. What it returns is what resolvers get, the same object. */
  createContext(request: Pick<Exchange, 'headers' | 'requestId' | 'signal'>): Context;
  /** What the operation has cost upstream so far, for `extensions.upstream`. */
  report(context: Context): unknown;
  /** Report to every client, not only to those that ask. */
  readonly alwaysReport: boolean;
}

/** One result, or the events of a subscription. */
export type Outcome = ExecutionResult | AsyncIterable<ExecutionResult>;

/** What a client gets that has left. What breaks because of its leaving is no failure of ours, and not logged as one. */
export const UNREAD: ExecutionResult = { data: null };

/** Parse, validate and execute for one operation, with Yoga's caches. */
export type Engine = ReturnType<YogaServerInstance<object, object>['getEnveloped']>;

/**
 * Plugin: executes by graphql-js. Yoga's own executor takes an object with the alias `then` for a promise, and drops the codes of
 * scalars' errors. What it has beyond that, an end when the client leaves, the calls upstream have themselves.
 */
export const useExecutor: Plugin = {
  onExecute({ setExecuteFn }) {
    setExecuteFn(execute);
  },
};

/** An operation that passed every check. */
export interface CheckedOperation {
  readonly document: DocumentNode;
  readonly type: OperationTypeNode;
  readonly params: OperationParams;
  readonly exchange: Exchange;
}

/** A result before its errors were made fit for clients. */
interface RawResult extends Omit<ExecutionResult, 'errors'> {
  readonly errors?: readonly unknown[];
}

/** Executes a checked operation. Never rejects: what goes wrong is in `errors`, fit for clients. */
export async function run<Context extends object>(
  options: ExecutionOptions<Context>,
  engine: Engine,
  { document, type, params, exchange }: CheckedOperation,
): Promise<Outcome> {
  try {
    const context = options.createContext(exchange);
    const args = {
      schema: engine.schema,
      document,
      contextValue: context,
      variableValues: params.variables,
      operationName: params.operationName,
    };
    const finish = (result: RawResult) => finishResult(options, context, exchange, result);
    if (type !== 'subscription') return finish(await engine.execute(args));
    const source = await createSourceEventStream(args);
    return isAsyncIterable(source) ? new LiveResults(source, args, finish) : finish(source);
  } catch (error) {
    return exchange.hasLeft ? UNREAD : refusal([error], exchange);
  }
}

function finishResult<Context extends object>(
  options: ExecutionOptions<Context>,
  context: Context,
  exchange: Exchange,
  result: RawResult,
): ExecutionResult {
  if (exchange.hasLeft) return UNREAD;
  const { errors, extensions, data } = result;
  const isWanted = options.alwaysReport || exchange.wantsReport;
  const shown = isWanted ? { ...extensions, upstream: options.report(context) } : extensions;
  return {
    ...(errors && { errors: publicErrors(errors, exchange) }),
    ...(data !== undefined && { data }),
    ...(shown && { extensions: shown }),
  };
}
