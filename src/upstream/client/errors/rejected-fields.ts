import { z } from 'zod';
import { UPSTREAM_LIMITS } from '../../../limits.js';
import type { RejectedField, Rejection } from './upstream-errors.js';

const { maxFields, maxFieldMessageLength, maxReasonLength } = UPSTREAM_LIMITS.rejections;

/** The issues are JSON in a string in the JSON body (observed). */
const zodErrorBody = z.object({ error: z.object({ name: z.literal('ZodError'), message: z.string() }) });
const issue = z.object({ path: z.array(z.union([z.string(), z.number()])), message: z.string() });
type Issue = z.infer<typeof issue>;

/** The second form of a validation error: problem+json with the fields as members. */
const problemBody = z.object({ errors: z.array(z.unknown()) });
const problemError = z.object({
  pointer: z.string().optional(),
  name: z.string().optional(),
  reason: z.string().optional(),
  detail: z.string().optional(),
});

/**
 * Why an upstream rejected a request, from the body of its 400 or 422: the fields of an Inkeep validation error, or the text that
 * Kataven answers with (a JSON string or plain text). Each text is one line of at most 200 or 300 characters, with URLs, hosts and
 * IP addresses replaced.
 */
export function parseRejection(body: string): Rejection {
  const value = parseJson(body);
  const text = typeof value === 'string' ? value : value === undefined ? plainText(body) : '';
  return { fields: parseFields(value), reason: toShownLine(text, maxReasonLength) || undefined };
}

/** The body, unless it starts like markup or like JSON that could not be parsed. */
function plainText(body: string): string {
  return /^\s*[<{[]/.test(body) ? '' : body;
}

const ADDRESSES = [
  /\b[a-z][a-z0-9+.-]*:\/\/\S+/gi,
  /\[?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,7}\]?(?::\d+)?/gi,
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g,
  /\b(?=[\w.-]*[a-z])[\w-]+(?:\.[\w-]+)*:\d{2,5}\b/gi,
  /\b(?:[\w-]+\.)+(?:com|net|org|io|ai|app|dev|cloud|internal|local|localhost|lan|svc)\b/gi,
];

function withoutAddresses(text: string): string {
  return ADDRESSES.reduce((shown, address) => shown.replace(address, '[address]'), text);
}

/** At most 50 fields; none if the value is not a validation error. Malformed issues are skipped. */
function parseFields(value: unknown): RejectedField[] {
  return [...zodIssues(value), ...problemIssues(value)]
    .slice(0, maxFields)
    .map(({ path, message }) => ({ path: path.map(String), message: toShownLine(message, maxFieldMessageLength) }));
}

function zodIssues(value: unknown): Issue[] {
  const error = zodErrorBody.safeParse(value);
  const issues = error.success ? parseJson(error.data.error.message) : undefined;
  if (!Array.isArray(issues)) return [];
  return issues.map((candidate) => issue.safeParse(candidate).data).filter((found) => found !== undefined);
}

function problemIssues(value: unknown): Issue[] {
  const problem = problemBody.safeParse(value);
  const errors = problem.success ? problem.data.errors : [];
  return errors
    .map((candidate) => problemError.safeParse(candidate).data)
    .filter((found) => found !== undefined)
    .map(({ pointer, name, reason, detail }) => ({
      path: pointer === undefined ? (name?.split('.') ?? []) : pathOf(pointer),
      message: reason ?? detail ?? 'is not valid',
    }));
}

/** The members that a JSON pointer (RFC 6901) names, with or without the `#` of a URI fragment. */
function pathOf(pointer: string): string[] {
  const names = pointer.replace(/^#/, '').split('/').slice(1);
  return names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The text as a client may see it. Addresses are replaced before the text is cut, which may be in the middle of one. */
function toShownLine(text: string, maxLength: number): string {
  const line = withoutAddresses(text)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return line.slice(0, maxLength).replace(/\p{Cs}/gu, '');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON, so it names no fields.
    return undefined;
  }
}
