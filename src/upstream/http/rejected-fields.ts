import { z } from 'zod';
import type { RejectedField } from './errors.js';

const MAX_FIELDS = 50;
const MAX_MESSAGE_LENGTH = 200;

/** As observed: the issues are JSON inside a string inside the JSON body. */
const zodErrorBody = z.object({ error: z.object({ name: z.literal('ZodError'), message: z.string() }) });
const issue = z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() });

/**
 * The fields that an upstream validation error names, at most 50; none where the body is anything else. Malformed issues are
 * left out. Messages are cut to one line of 200 characters: they are upstream text that reaches a form.
 */
export function parseRejectedFields(body: string): RejectedField[] {
  const error = zodErrorBody.safeParse(parseJson(body));
  const issues = error.success ? parseJson(error.data.error.message) : undefined;
  if (!Array.isArray(issues)) return [];
  return issues
    .map((candidate) => issue.safeParse(candidate).data)
    .filter((found) => found !== undefined)
    .slice(0, MAX_FIELDS)
    .map(({ path, message }) => ({ path: path.map(String), message: toLine(message) }));
}

function toLine(message: string): string {
  const line = message.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.slice(0, MAX_MESSAGE_LENGTH).replace(/\p{Cs}/gu, '');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: then it says nothing about fields.
    return undefined;
  }
}
