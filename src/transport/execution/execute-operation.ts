import type { DocumentNode, ExecutionResult, OperationTypeNode } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { OperationCost } from '../../graph/core/cost/operation-cost.js';
import type { ClientCounts } from '../client-counts.js';
import type { Engine, SubscribeArgs } from './engine.js';
import type { Exchange } from './exchange.js';
import { publicErrors, refusal } from './public-errors.js';
import type { OperationParams } from './request-params.js';
import type { DeferredPart } from './result-parts.js';
import { type RawResult, ResultPump } from './result-pump.js';

export interface ExecutionOptions<Context extends object> {
  /** Called once per operation, after every check. Resolvers get the object that it returns, not a copy. */
  createContext(request: Pick<Exchange, 'headers' | 'requestId' | 'signal' | 'summary' | 'trace' | 'inParts'>): Context;
  /** The upstream calls of the operation so far, for `extensions.upstream`. */
  report(context: Context): unknown;
  /** Send the report to every client, not only to those that ask for it. */
  readonly alwaysReport: boolean;
  /** Limits the subscriptions of a client. */
  readonly clients: Pick<ClientCounts, 'addSubscription'>;
}

/** One result, its parts, or the results of a subscription that has started. */
export type Outcome = ExecutionResult | ResultPump;

/** The result for a client that has left. Errors caused by its leaving are not failures of the gateway and are not logged. */
export const UNREAD: ExecutionResult = { data: null };

/** An operation that passed every check. */
export interface CheckedOperation {
  readonly document: DocumentNode;
  readonly type: OperationTypeNode;
  readonly params: OperationParams;
  readonly exchange: Exchange;
  /** For `extensions.cost`, if the client asked for it. */
  readonly cost?: OperationCost | undefined;
}

/**
 * Executes a checked operation. Never rejects: errors are in the result, masked. The results of a subscription are masked
 * when they are delivered, after the hooks of all plugins.
 */
export async function run<Context extends object>(
  options: ExecutionOptions<Context>,
  engine: Engine,
  { document, type, params, exchange, cost }: CheckedOperation,
): Promise<Outcome> {
  try {
    const context = options.createContext(exchange);
    // Built as one literal: V8 gives a spread copy with another member its own hidden class, 250 bytes per subscription.
    const args: SubscribeArgs = {
      executeEvent: engine.execute,
      schema: engine.schema,
      document,
      contextValue: context,
      variableValues: params.variables,
      operationName: params.operationName,
      inParts: exchange.inParts,
    };
    const finish = (result: RawResult) => finishResult(options, context, exchange, result, cost);
    if (type !== 'subscription') {
      const result = await engine.execute(args);
      return isAsyncIterable<RawResult>(result) ? new ResultPump(result, finish, () => undefined) : finish(result);
    }
    const release = options.clients.addSubscription(exchange.request, exchange.headers);
    return await subscribe(engine, args, finish, release);
  } catch (error) {
    return exchange.signal.aborted ? UNREAD : refusal([error], exchange);
  }
}

/** Calls `release` when the subscription has ended, or has not started. */
async function subscribe(
  engine: Engine,
  args: SubscribeArgs,
  finish: (result: RawResult) => ExecutionResult,
  release: () => void,
): Promise<Outcome> {
  let hasStarted = false;
  try {
    const results = await engine.subscribe(args);
    if (!isAsyncIterable<ExecutionResult>(results)) return finish(results);
    hasStarted = true;
    return new ResultPump(results, finish, release);
  } finally {
    if (!hasStarted) release();
  }
}

type Mutable<Value> = { -readonly [Member in keyof Value]: Value[Member] };

function finishResult<Context extends object>(
  options: ExecutionOptions<Context>,
  context: Context,
  exchange: Exchange,
  result: RawResult,
  cost: OperationCost | undefined,
): ExecutionResult {
  if (exchange.signal.aborted) return UNREAD;
  const { errors, extensions, data, incremental, hasNext } = result;
  // Of a result in parts, only the last one can report all calls.
  const isWanted = (options.alwaysReport || exchange.wantsReport) && hasNext !== true;
  const reported = isWanted ? { ...extensions, upstream: options.report(context) } : extensions;
  const shown = cost && hasNext !== true ? { ...reported, cost } : reported;
  const finished: Mutable<ExecutionResult & Pick<RawResult, 'incremental' | 'hasNext'>> = {};
  if (errors) finished.errors = publicErrors(errors, exchange);
  if (data !== undefined) finished.data = data;
  if (incremental) finished.incremental = incremental.map((part) => finishPart(part, exchange));
  if (hasNext !== undefined) finished.hasNext = hasNext;
  if (shown) finished.extensions = shown;
  return finished;
}

function finishPart({ errors, ...part }: DeferredPart, exchange: Exchange): DeferredPart {
  return errors ? { ...part, errors: publicErrors(errors, exchange) } : part;
}
