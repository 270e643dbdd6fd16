type Token = { get(): Promise<string>; forget(): void };
type Operation = { url: string; query: string; variables?: object; signal: AbortSignal; token: Token };
type Result<Data> = { data?: Data | null; errors?: { extensions: { code: string } }[] };

/**
 * Yields the data of each event of a subscription. Ends when `signal` aborts or the subscription completes; reconnects if the
 * connection is lost. `token.forget` is called when the gateway rejects the token. Throws if the subscription ends with any other
 * error.
 */
export async function* subscribe<Data>(operation: Operation): AsyncGenerator<Data, void> {
  let wasRefused = false;
  for (let failures = 0; !operation.signal.aborted; failures++) {
    for await (const event of readEvents(operation, `Bearer ${await operation.token.get()}`)) {
      if (event.startsWith('event: complete') && !wasRefused) return;
      if (!event.startsWith('event: next')) continue; // A keep-alive comment.
      const { data, errors }: Result<Data> = JSON.parse(event.slice(event.indexOf('{')));
      const isRefused = errors?.[0]?.extensions.code === 'UNAUTHENTICATED';
      if (data) yield data;
      else if (wasRefused || !isRefused) throw new Error('The subscription ended with an error.', { cause: errors });
      [failures, wasRefused] = [0, !data];
      if (wasRefused) operation.token.forget();
    }
    // 1 s, 2 s … 30 s, with up to 50 % jitter, so that the clients of a gateway do not all reconnect at once.
    const pauseMs = Math.min(30_000, 1000 * 2 ** failures) * (1 - Math.random() / 2);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/**
 * Yields the events of one connection. Returns when the connection is lost, or when nothing arrives for 30 s: the gateway sends a
 * keep-alive comment every 12 s.
 */
async function* readEvents(operation: Operation, authorization: string): AsyncGenerator<string, void> {
  const { url, query, variables, signal } = operation;
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), 30_000);
  const headers = { 'content-type': 'application/json', accept: 'text/event-stream', authorization };
  const body = JSON.stringify({ query, variables });
  const init = { method: 'POST', headers, body, signal: AbortSignal.any([signal, silence.signal]) };
  try {
    const reader = (await fetch(url, init)).body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), 30_000);
      const events = (text + part.value).split('\n\n');
      text = events.pop() ?? '';
      yield* events;
    }
  } catch {
    // The connection was lost, and `liveStatus` reconnects. Errors of the subscription itself arrive as results.
  } finally {
    clearTimeout(timer);
    silence.abort();
  }
}
