import { randomUUID } from 'node:crypto';
import { isSafeNumber, parse } from 'lossless-json';

/** Levels of objects and lists that a JSON value may have. All that walks through one is recursive, and has a stack of some thousands. */
export const MAX_JSON_DEPTH = 500;

/**
 * A JSON number that a double cannot hold: beyond 2^53, with too many digits, or out of range. It has no members, and only
 * `stringifyJson` writes it as the number that it is.
 */
export class ExactNumber {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The nearest double, infinite if there is none. */
  valueOf(): number {
    return Number(this.#text);
  }

  toJSON(): string {
    placeholders += 1;
    return MARK + this.#text;
  }
}

/** Stands before the text of a number in JSON that is being written. No client can guess it, so no text is mistaken for a number. */
const MARK = `${randomUUID()}:`;
const PLACEHOLDER = new RegExp(`"${MARK}([^"]+)"`, 'g');
let placeholders = 0;

/** A number of 16 digits or more, or with an exponent of three: all others are doubles. It may be part of a text. */
const SUSPECT = /[:,[\s]-?\d(?:[\d.]{15}|[\d.]*[eE][+-]?\d{3})/;

/**
 * Parses as `JSON.parse` does, but keeps numbers that a double would alter, as `ExactNumber`. Throws a SyntaxError, or a
 * RangeError if a text with such a number is nested thousands of levels deep. Costs a scan of the text unless there is one.
 */
export function parseJson(text: string): unknown {
  if (!SUSPECT.test(text)) return JSON.parse(text);
  return parse(text, undefined, { parseNumber: readNumber, onDuplicateKey: ({ newValue }) => newValue });
}

/** A number as it is kept: a double if that is the same number, otherwise its text. `text` is a number in JSON or GraphQL. */
export function readNumber(text: string): number | ExactNumber {
  return isSafeNumber(text) ? Number(text) : new ExactNumber(text);
}

/** Writes as `JSON.stringify` does, and an `ExactNumber` as its number. Throws a RangeError for a value that is nested too deeply. */
export function stringifyJson(value: unknown): string {
  const before = placeholders;
  const json = JSON.stringify(value);
  return placeholders === before ? json : json.replace(PLACEHOLDER, '$1');
}

export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** Whether a value has more than `MAX_JSON_DEPTH` levels. */
export function isTooDeep(value: unknown, levels = MAX_JSON_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const name in value) if (isTooDeep(value[name as keyof typeof value], levels - 1)) return true;
  return false;
}
