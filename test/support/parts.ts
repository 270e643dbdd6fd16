import { onTestFinished } from 'vitest';

/** One part of a result, and when it came: milliseconds after the request was sent. */
export interface Part {
  readonly ms: number;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of the data is that of the query
  readonly body: any;
}

/** A response as `multipart/mixed`. */
export interface Multipart {
  readonly response: Response;
  /** All parts so far, oldest first. */
  readonly parts: readonly Part[];
  /** Resolves with the text of the whole response when it has ended. */
  readonly ended: Promise<string>;
  leave(): void;
}

const PARTS = 'multipart/mixed;deferSpec=20220824, application/json';

/** Sends a query and reads its response part by part. A part counts when its delimiter has arrived, as in real clients. */
export async function openParts(
  url: string,
  query: string,
  { variables = {}, headers = {} }: { variables?: object; headers?: Record<string, string> } = {},
): Promise<Multipart> {
  const connection = new AbortController();
  onTestFinished(() => connection.abort());
  const sentAt = performance.now();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: PARTS, ...headers },
    body: JSON.stringify({ query, variables }),
    signal: connection.signal,
  });
  const parts: Part[] = [];
  const ended = read(response, (body) => parts.push({ ms: performance.now() - sentAt, body }));
  ended.catch(() => {});
  return { response, parts, ended, leave: () => connection.abort() };
}

/** Sends a query and resolves with all parts of its response. */
export async function readParts(...args: Parameters<typeof openParts>): Promise<readonly Part[]> {
  const { parts, ended } = await openParts(...args);
  await ended;
  return parts;
}

async function read(response: Response, onPart: (body: unknown) => void): Promise<string> {
  let text = '';
  let position = 0;
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    for (;;) {
      const start = text.indexOf('\r\n\r\n', position);
      const end = text.indexOf('\r\n---', start + 4);
      if (start === -1 || end === -1) break;
      onPart(JSON.parse(text.slice(start + 4, end)));
      position = end + 2;
    }
  }
  return text;
}
