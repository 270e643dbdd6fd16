import type { Client, Sink } from 'graphql-ws';

/**
 * The same client, but a subscription that the gateway ends because it rejects the token starts again, on the next socket and with the
 * next token. It ends with the error if that token is rejected too.
 */
export function renewing(client: Client): Client {
  const subscribe: Client['subscribe'] = (payload, sink) => {
    let wasRefused = false;
    const next = (result: unknown) => {
      wasRefused = false;
      (sink as Sink<unknown>).next(result);
    };
    const error = (reason: unknown) => {
      if (wasRefused || !JSON.stringify(reason).includes('"UNAUTHENTICATED"')) return sink.error(reason);
      wasRefused = true;
      stop = client.subscribe(payload, { next, error, complete: () => sink.complete() });
    };
    let stop = client.subscribe(payload, { next, error, complete: () => sink.complete() });
    return () => stop();
  };
  return { ...client, subscribe };
}
