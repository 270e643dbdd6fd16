import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { z } from 'zod';
import { isJsonObject, parseJson, stringifyJson } from '../exact-json.js';

/** An object as a database column of type `json` keeps it: numbers and names as they were sent. */
export const JsonObject = z.custom<Record<string, unknown>>(isJsonObject, 'Invalid input: expected object');

/** The JSON of a request body. Rejects with a SyntaxError for anything else. */
export async function readJson(c: Context): Promise<unknown> {
  return parseJson(await c.req.text());
}

/** A JSON response. Hono's `c.json` would round numbers. */
export function answerJson(c: Context, value: unknown, status: ContentfulStatusCode = 200): Response {
  return c.body(stringifyJson(value), status, { 'content-type': 'application/json' });
}
