import { isDeepStrictEqual } from 'node:util';
import { isTooDeep } from '../exact-json.js';

/**
 * Whether two values are the same JSON. Ignores the order of members; an `ExactNumber` is compared by its text. Values that are
 * nested too deeply to be compared are never the same.
 */
export function isSameJson(a: unknown, b: unknown): boolean {
  return !isTooDeep(a) && !isTooDeep(b) && isDeepStrictEqual(plain(a), plain(b));
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
