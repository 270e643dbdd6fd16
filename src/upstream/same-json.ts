import { isDeepStrictEqual } from 'node:util';

/**
 * Whether two values are the same JSON; the order of members does not count. Values that a client wrote into its document have no
 * prototype, which tells nothing about JSON.
 */
export function isSameJson(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(plain(a), plain(b));
}

function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
