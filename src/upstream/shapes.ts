import { z } from 'zod';
import { ExactNumber, isJsonObject } from '../exact-json.js';
import type { Service, UpstreamAnswer, UpstreamCall } from './client/call.js';
import { UpstreamBadResponse } from './client/upstream-errors.js';

/** A JSON object, unchanged. `z.record` would drop a member named `__proto__`. */
export const jsonObject = z.custom<Readonly<Record<string, unknown>>>(isJsonObject, 'expected an object');

/** A JSON object whose members all have this shape. */
export function objectOf<Shape extends z.ZodType>(shape: Shape) {
  return jsonObject.transform((object, { issues }): Record<string, z.infer<Shape>> => {
    const members = Object.entries(object).map(([name, member]) => {
      const { data, error } = shape.safeParse(member);
      for (const { path, message } of error?.issues ?? []) {
        issues.push({ code: 'custom', input: member, path: [name, ...path], message });
      }
      return [name, data] as const;
    });
    return Object.fromEntries(members) as Record<string, z.infer<Shape>>;
  });
}

/** A number for a GraphQL Float, which is a double. */
export const float = z.preprocess((value) => (value instanceof ExactNumber ? value.valueOf() : value), z.number());

/** Any JSON, null or absent. */
export const json = z.unknown().optional();

/** Text, null or absent. Null and absent both mean "not set" upstream: tools leave fields out, other resources have null. */
export const text = z.string().nullish();

/** A date in either form of the upstream: ISO 8601 with Z, or `2026-11-21 19:59:59.411426`, which is UTC. */
export const timestamp = z
  .string()
  .nullish()
  .transform((value) => toRfc3339(value));

/** The hour is checked here because `Date` reads 24:00:00 as midnight of the next day. */
const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[T ]((?:[01]\d|2[0-3]):\d{2}:\d{2})(\.\d+)?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/**
 * Converts either date form of the upstream to RFC 3339 in UTC with `Z`, keeping the fraction. Also accepts an explicit offset,
 * which no recording has. Null for anything else: a day or a time of day that does not exist (`24:00:00`), a leap second (`:60`),
 * which most clients cannot parse, and a point in time that is outside the years 0000 to 9999 in UTC.
 */
export function toRfc3339(value: string | null | undefined): string | null {
  const match = DATE_TIME.exec(value ?? '');
  if (!match) return null;
  const [, date = '', time, fraction = '', given = 'Z'] = match;
  const zone = given.toUpperCase();
  if (!isCalendarDate(date)) return null;
  const offset = zone === 'Z' ? 'Z' : zone.length === 3 ? `${zone}:00` : zone.replace(/^(...):?(..)$/, '$1:$2');
  const instant = new Date(`${date}T${time}${offset}`);
  if (Number.isNaN(instant.getTime()) || !hasFourDigitYear(instant)) return null;
  return `${instant.toISOString().slice(0, 19)}${fraction}Z`;
}

/** `toISOString` writes other years with a sign and six digits, which is not RFC 3339. */
function hasFourDigitYear(instant: Date): boolean {
  const year = instant.getUTCFullYear();
  return year >= 0 && year <= 9999;
}

/** Whether the day exists: `Date` reads 30 February as 2 March. */
function isCalendarDate(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}

/** Creates and logs the error for an answer of the wrong shape, or about another object. */
export function badResponse(
  service: Service,
  call: UpstreamCall,
  answer: UpstreamAnswer,
  what: string,
): UpstreamBadResponse {
  const error = new UpstreamBadResponse(what, {
    service,
    operation: call.operation,
    method: call.method,
    path: `/${call.path.join('/')}`,
    status: answer.status,
    requestId: answer.requestId,
  });
  answer.onUnusable?.(error);
  return error;
}

/** Parses the body of an answer. Throws UpstreamBadResponse, naming the first member that does not fit, but not its value. */
export function readShape<Shape extends z.ZodType>(
  service: Service,
  shape: Shape,
  call: UpstreamCall,
  answer: UpstreamAnswer,
): z.infer<Shape> {
  const parsed = shape.safeParse(answer.body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw badResponse(service, call, answer, `answered in an unknown shape at ${issue?.path.join('.') || 'the top'}`);
}
