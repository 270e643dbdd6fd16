import { isDeepStrictEqual } from 'node:util';
import { isTooDeep } from '../exact-json.js';

/**
 * Whether two values are the same JSON; the order of members does not count, the spelling of an `ExactNumber` does. What is too
 * deep to be compared is not the same as anything.
 */
export function isSameJson(a: unknown, b: unknown): boolean {
  return !isTooDeep(a) && !isTooDeep(b) && isDeepStrictEqual(plain(a), plain(b));
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
