import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { readJson } from '../json.js';

/** An error response. Its body is a string, as JSON or, with `retryAfter` (seconds), as plain text. */
export class Failure extends Error {
  override readonly name = 'Failure';
  readonly status: ContentfulStatusCode;
  readonly retryAfter: number | undefined;

  constructor(status: ContentfulStatusCode, text: string, retryAfter?: number) {
    super(text);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** The response for an error that a route threw. An unexpected error is a database error: 500. */
export function answerFailure(error: Error, c: Context): Response {
  if (!(error instanceof Failure)) return c.json('database error', 500);
  const { status, retryAfter, message } = error;
  if (retryAfter === undefined) return c.json(message, status);
  return c.text(message, status, { 'retry-after': String(retryAfter), 'content-type': 'text/plain' });
}

/** The body that the API sends with this status, for a fault with a status. */
export function failureText(status: number): { contentType: string; body: string } {
  if (status === 429) return { contentType: 'text/plain', body: 'rate_limited: per-minute (60) exceeded' };
  return { contentType: 'application/json', body: JSON.stringify('caused by a fault of the sandbox') };
}

/** The checked body of a request, with any content type. Throws a 400 Failure if it is invalid. */
export async function bodyOf<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  const value: unknown = await readJson(c).catch(() => undefined);
  return accepted(schema, value, 'invalid body');
}

/** The checked query of a request. Throws a 400 Failure if it is invalid. */
export function queryOf<Schema extends z.ZodType>(c: Context, schema: Schema): z.output<Schema> {
  return accepted(schema, c.req.query(), 'invalid query');
}

function accepted<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Failure(400, `${what}: ${[...(issue?.path ?? []), issue?.message].join(' ')}`);
}
