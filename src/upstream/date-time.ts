/** A second of 60 and an hour of 24 do not match: `Date` does not know leap seconds, and reads 24:00:00 as midnight of the next day. */
const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})[T ]((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.\d+)?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

/** What the upstreams send almost always: already in the form of `toRfc3339`, on a day that every month has. */
const USUAL = /^\d\d\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?Z$/;

const DAYS_OF_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Converts a date of an upstream to RFC 3339 in UTC with `Z`, keeping the fraction. The upstreams have two forms: ISO 8601 with Z,
 * and `2026-11-21 19:59:59.411426`, which is UTC. Also accepts an explicit offset, which no recording has. Null for anything else: a
 * day or a time of day that does not exist (`24:00:00`), a leap second (`:60`), which most clients cannot parse, and a point in
 * time that is outside the years 0000 to 9999 in UTC.
 */
export function toRfc3339(value: string | null | undefined): string | null {
  if (!value) return null;
  if (USUAL.test(value)) return value;
  const match = DATE_TIME.exec(value);
  if (!match) return null;
  const [, year, month, day, time, fraction = '', zone = 'Z'] = match;
  if (!isCalendarDate(Number(year), Number(month), Number(day))) return null;
  const local = `${year}-${month}-${day}T${time}`;
  return zone === 'Z' || zone === 'z' ? `${local}${fraction}Z` : inUtc(local, fraction, zone);
}

function inUtc(local: string, fraction: string, zone: string): string | null {
  const offset = zone.length === 3 ? `${zone}:00` : zone.replace(/^(...):?(..)$/, '$1:$2');
  const instant = new Date(`${local}${offset}`);
  if (Number.isNaN(instant.getTime()) || !hasFourDigitYear(instant)) return null;
  return `${instant.toISOString().slice(0, 19)}${fraction}Z`;
}

/** `toISOString` writes other years with a sign and six digits, which is not RFC 3339. */
function hasFourDigitYear(instant: Date): boolean {
  const year = instant.getUTCFullYear();
  return year >= 0 && year <= 9999;
}

/** Whether the day exists: `Date` reads 30 February as 2 March. */
function isCalendarDate(year: number, month: number, day: number): boolean {
  if (month === 2 && day === 29) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (DAYS_OF_MONTHS[month - 1] ?? 0);
}
