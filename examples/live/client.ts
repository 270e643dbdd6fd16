import { type Client, CloseCode, createClient } from 'graphql-ws';

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

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
