import { Pool } from 'undici';

export interface LoadOptions {
  readonly url: string;
  readonly path: string;
  readonly body: string;
  /** Each sends its next request when it has the answer to the last one. */
  readonly clients: number;
  /** The load ends at whichever comes first. */
  readonly maxRequests: number;
  readonly maxMs: number;
}

export interface Load {
  readonly answers: number;
  readonly perSecond: number;
  /** Milliseconds from request to the end of the answer. */
  readonly medianMs: number;
}

/** Sends the same POST again and again. Rejects at the first answer that is not 200, or that `isGood` does not take. */
export async function applyLoad(options: LoadOptions, isGood: (text: string) => boolean): Promise<Load> {
  const { url, path, body, clients, maxRequests, maxMs } = options;
  const pool = new Pool(url, { connections: clients, pipelining: 1 });
  const headers = { 'content-type': 'application/json' };
  const times: number[] = [];
  const startedAt = performance.now();
  let sent = 0;
  const client = async (): Promise<void> => {
    while (sent < maxRequests && performance.now() - startedAt < maxMs) {
      sent++;
      const askedAt = performance.now();
      const answer = await pool.request({ method: 'POST', path, headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || !isGood(text)) throw new Error(`${url} answered ${answer.statusCode}: ${text}`);
      times.push(performance.now() - askedAt);
    }
  };
  try {
    await Promise.all(Array.from({ length: clients }, client));
  } finally {
    await pool.destroy();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return { answers: times.length, perSecond: times.length / seconds, medianMs: median(times) };
}

/** The middle one; NaN of none. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
