import type { SqlTime } from './rows.js';

let lastMicros = 0;

/**
 * The time of an insert that the database dates itself: microseconds, rising with every call. No two rows share it, so
 * that lists, ordered by it alone, are stable.
 */
export function insertTime(): SqlTime {
  return sqlTime(rising(Math.floor((performance.timeOrigin + performance.now()) * 1000), 1));
}

/** The time of an insert that the application dates: milliseconds, rising with every call. */
export function insertTimeMs(): SqlTime {
  return sqlTime(Math.ceil(rising(Date.now() * 1000, 1000) / 1000) * 1000);
}

function rising(micros: number, step: number): number {
  lastMicros = Math.max(lastMicros + step, micros);
  return lastMicros;
}

/** The time of a change made by the application itself: milliseconds only. */
export function changeTime(): SqlTime {
  return sqlTime(Date.now() * 1000);
}

/** PostgreSQL's spelling of microseconds since 1970. */
export function sqlTime(micros: number): SqlTime {
  const date = new Date(Math.floor(micros / 1000)).toISOString();
  const fraction = date.slice(20, 23) + String(micros % 1000).padStart(3, '0');
  return `${date.slice(0, 10)} ${date.slice(11, 19)}.${fraction}`.replace(/\.?0+$/, '');
}

/** The spelling that tools have: `2026-11-21T20:03:37.25Z`. The fraction stays as short as it was. */
export function isoTime(time: SqlTime): string {
  return `${time.replace(' ', 'T')}Z`;
}
