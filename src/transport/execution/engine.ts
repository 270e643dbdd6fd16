import { createSourceEventStream } from 'graphql';
import { isAsyncIterable, type Plugin, type YogaServerInstance } from 'graphql-yoga';
import type { Execute, ExecuteArgs } from './documents/compiled-queries.js';
import { SubscriptionResults } from './subscription-results.js';

/** Parse, validate, execute and subscribe for one operation, each with the hooks of all plugins, and Yoga's caches. */
export type Engine = ReturnType<YogaServerInstance<object, object>['getEnveloped']>;

/** Arguments of the engine's `subscribe`. `executeEvent` is the engine's own `execute`, which a plugin cannot reach otherwise. */
export interface SubscribeArgs extends ExecuteArgs {
  readonly executeEvent: Engine['execute'];
}

/**
 * Plugin: executes with the given function, and executes each event of a subscription through the hooks of all plugins.
 *
 * Yoga's own executor treats an object with the alias `then` as a promise, and drops the error codes of scalars. It can also stop
 * when the client leaves, which is not needed here: the upstream calls stop then. See docs/decisions/0022 and 0023.
 */
export function useExecute(execute: Execute): Plugin {
  return {
    onExecute({ setExecuteFn }) {
      setExecuteFn(execute);
    },
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn((args) => subscribe(args as SubscribeArgs));
    },
  };
}

/**
 * The engine of operations that no plugin sees: it executes without calling hooks, which takes 5 µs and 6 KB for each query. It
 * parses and validates like the given engine.
 */
export function withoutHooks(engine: Engine, execute: Execute): Engine {
  return { ...engine, execute: execute as Engine['execute'], subscribe: subscribe as Engine['subscribe'] };
}

/** Resolves with the results of a subscription, or with one result without `data` if it cannot start. */
async function subscribe(args: SubscribeArgs) {
  const events = await createSourceEventStream(args);
  return isAsyncIterable(events) ? new SubscriptionResults(events, args) : events;
}
