import { type Client, CloseCode, createClient } from 'graphql-ws';
import { LiveStatusDocument, type LiveStatusSubscription } from '../schema/generated/graphql.js';
import type { GlobalId } from '../schema/ids.js';

/** One socket for all subscriptions of a page; opens with the first. `forget` is called when the gateway has refused a token. */
export function createLiveClient(url: string, token: { get(): Promise<string>; forget(): void }): Client {
  let unanswered: ReturnType<typeof setTimeout>;
  const client: Client = createClient({
    url,
    // A function: each connection brings the token of its own time.
    connectionParams: async () => ({ authorization: `Bearer ${await token.get()}` }),
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true, // Also where nobody answers, and no close code says why.
    // 1 s, 2 s … 30 s, up to half of it left to chance: the clients of a gateway must not all come back at once.
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

/** Tells each status of an agent's tools, and at last why there will be no more, if not because all is over. Gives the stop. */
export function watchStatus(client: Client, agent: GlobalId, onChange: (change: Change) => void, onEnd = console.warn) {
  let wasRefused = false;
  const error = (reason: unknown) => {
    if (wasRefused || !JSON.stringify(reason).includes('"UNAUTHENTICATED"')) return onEnd(reason);
    // The gateway closes the socket now, with 4403, and the next one brings a new token. That is tried once.
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
