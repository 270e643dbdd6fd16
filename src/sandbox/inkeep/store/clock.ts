import type { SqlTime } from './rows.js';

let lastMicros = 0;

/**
 * The time of an insert whose date the database sets: microseconds, greater with every call. No two rows share it, so lists,
 * which are ordered by it alone, are stable.
 */
export function insertTime(): SqlTime {
  return sqlTime(rising(Math.floor((performance.timeOrigin + performance.now()) * 1000), 1));
}

/** The time of an insert whose date the application sets: milliseconds, greater with every call. */
export function insertTimeMs(): SqlTime {
  return sqlTime(Math.ceil(rising(Date.now() * 1000, 1000) / 1000) * 1000);
}

function rising(micros: number, step: number): number {
  lastMicros = Math.max(lastMicros + step, micros);
  return lastMicros;
}

/** The time of an update whose date the application sets: milliseconds only. */
export function changeTime(): SqlTime {
  return sqlTime(Date.now() * 1000);
}

/** Microseconds since 1970 as PostgreSQL prints them. */
export function sqlTime(micros: number): SqlTime {
  const date = new Date(Math.floor(micros / 1000)).toISOString();
  const fraction = date.slice(20, 23) + String(micros % 1000).padStart(3, '0');
  return `${date.slice(0, 10)} ${date.slice(11, 19)}.${fraction}`.replace(/\.?0+$/, '');
}

/** The format of tools: `2026-11-21T20:03:37.25Z`. The fraction keeps its length. */
export function isoTime(time: SqlTime): string {
  return `${time.replace(' ', 'T')}Z`;
}
