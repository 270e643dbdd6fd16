import { randomUUID } from 'node:crypto';
import { isSafeNumber, parse } from 'lossless-json';
import { GRAPH_LIMITS } from './limits.js';

/**
 * A JSON number that a double cannot represent: beyond 2^53, with too many digits, or out of range. Only `stringifyJson`
 * writes it as a number.
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

/** Marks the text of a number while JSON is written. It is random, so that a client cannot send a string that is written as a number. */
const MARK = `${randomUUID()}:`;
const PLACEHOLDER = new RegExp(`"${MARK}([^"]+)"`, 'g');
let placeholders = 0;

/** Matches numbers of 16 digits or more, or with an exponent of three; all others are doubles. May also match inside a string. */
const SUSPECT = /[:,[\s]-?\d(?:[\d.]{15}|[\d.]*[eE][+-]?\d{3})/;

/**
 * One of these matches whatever `SUSPECT` matches, and more, in a third of the time: V8 skips characters for a pattern whose length
 * is written out, and not for a repetition or a choice.
 */
const LONG_NUMBER = new RegExp('[\\d.]'.repeat(16));
const LONG_EXPONENT = /[\d.][eE][-+\d]\d\d/;

/**
 * Parses like `JSON.parse`, but returns numbers that a double would change as `ExactNumber`. Throws a SyntaxError, or a RangeError
 * if a text with such a number is nested thousands of levels deep. A text without such numbers only costs one more scan. A text that is nothing but a number is read as a double.
 */
export function parseJson(text: string): unknown {
  const isSuspect = (LONG_NUMBER.test(text) || LONG_EXPONENT.test(text)) && SUSPECT.test(text);
  if (!isSuspect) return JSON.parse(text);
  return parse(text, undefined, { parseNumber: readNumber, onDuplicateKey: ({ newValue }) => newValue });
}

/** Reads a number of JSON or GraphQL: a double if that is the same number, otherwise an `ExactNumber`. */
export function readNumber(text: string): number | ExactNumber {
  return isSafeNumber(text) ? Number(text) : new ExactNumber(text);
}

/** Writes like `JSON.stringify`, and an `ExactNumber` as a number. Throws a RangeError for a value that is nested too deeply. */
export function stringifyJson(value: unknown): string {
  const before = placeholders;
  const json = JSON.stringify(value);
  return placeholders === before ? json : json.replace(PLACEHOLDER, '$1');
}

/** Whether a parsed JSON value is an object: not null, a list or an `ExactNumber`. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** Whether a value has more than `maxJsonDepth` levels. */
export function isTooDeep(value: unknown, levels: number = GRAPH_LIMITS.maxJsonDepth): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const name in value) if (isTooDeep(value[name as keyof typeof value], levels - 1)) return true;
  return false;
}
