import { type Client, CloseCode, createClient } from 'graphql-ws';
import { LiveStatusDocument, type LiveStatusSubscription } from '../schema/generated/graphql.js';
import type { GlobalId } from '../schema/ids.js';

/**
 * Creates one client for all subscriptions of a page. It connects when the first subscription starts, and reconnects if the
 * connection is lost. `token.forget` is called when the gateway rejects the token.
 */
export function createLiveClient(url: string, token: { get(): Promise<string>; forget(): void }): Client {
  let unanswered: ReturnType<typeof setTimeout>;
  const client: Client = createClient({
    url,
    // A function, so that each connection sends the current token.
    connectionParams: async () => ({ authorization: `Bearer ${await token.get()}` }),
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true, // Also if the gateway cannot be reached, when there is no close code.
    // 1 s, 2 s … 30 s, with up to 50 % jitter, so that the clients of a gateway do not all reconnect at once.
    retryWait: (retries) => sleep(Math.min(30_000, 1000 * 2 ** retries) * (1 - Math.random() / 2)),
    keepAlive: 12_000,
  });
  client.on('ping', (isReceived) => {
    if (!isReceived) unanswered = setTimeout(() => client.terminate(), 5_000);
  });
  client.on('pong', () => clearTimeout(unanswered));
  client.on('closed', (event) => {
    clearTimeout(unanswered);
    if ((event as { code?: number }).code === CloseCode.Forbidden) token.forget();
  });
  return client;
}

type Change = LiveStatusSubscription['toolStatus'];

/**
 * Calls `onChange` for each status event of an agent's tools. Calls `onEnd` once at the end: with the errors, or with nothing if no
 * watched tool is left. Returns a function that stops the subscription.
 */
export function watchStatus(client: Client, agent: GlobalId, onChange: (change: Change) => void, onEnd = console.warn) {
  let wasRefused = false;
  const error = (reason: unknown) => {
    if (wasRefused || !JSON.stringify(reason).includes('"UNAUTHENTICATED"')) return onEnd(reason);
    // The gateway closes the socket with 4403, and the next connection sends a new token. This is tried once.
    wasRefused = true;
    stop = client.subscribe(payload, { next, error, complete: onEnd });
  };
  const next = ({ data }: { data?: LiveStatusSubscription | null }) => {
    wasRefused = false;
    if (data) onChange(data.toolStatus);
  };
  const payload = { query: LiveStatusDocument.toString(), variables: { agent } };
  let stop = client.subscribe(payload, { next, error, complete: onEnd });
  return () => stop();
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
