import { z } from 'zod';
import { parseRedisAddress } from '../redis-address.js';
import { HIDDEN } from './problems.js';
import { describeUrl, isBare, isHttp, parseUrl } from './urls.js';

/** A check of one variable: text in, value out. */
type Check<Value> = z.ZodType<Value, string>;

/**
 * A check that accepts the text if `parse` returns a value. Otherwise the issue's message is what was `expected`, and its
 * `params.received` is what `show` makes of the text: pass `hide` for everything that may be a secret.
 */
function check<Value>(
  expected: string,
  parse: (text: string) => Value | undefined,
  show: (text: string) => string = quote,
): Check<Value> {
  return z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    refuse(context, expected, show(text));
    return z.NEVER;
  });
}

function refuse(context: z.RefinementCtx, expected: string, received: string): void {
  context.addIssue({ code: 'custom', message: expected, params: { received } });
}

export function flag(): Check<boolean> {
  return check('"true" or "false"', (text) => (text === 'true' || text === 'false' ? text === 'true' : undefined));
}

/** Decimal digits only: no sign, space, fraction, exponent or hexadecimal number. */
export function wholeNumber(min: number, max: number): Check<number> {
  return check(`a whole number from ${min} to ${max}`, (text) => {
    const number = Number(text);
    return /^\d+$/.test(text) && number >= min && number <= max ? number : undefined;
  });
}

export function oneOf<Choice extends string>(choices: readonly Choice[]): Check<Choice> {
  return check(`one of ${choices.join(', ')}`, (text) => choices.find((choice) => choice === text));
}

export function matching(pattern: RegExp, expected: string): Check<string> {
  return check(expected, (text) => (pattern.test(text) ? text : undefined));
}

/** The part of an `Authorization` header after "Bearer ". A secret. */
export function bearerToken(): Check<string> {
  return check(
    'the token alone: printable ASCII without spaces, and without "Bearer " before it',
    (text) => (/^[\x21-\x7e]+$/.test(text) ? text : undefined),
    hide,
  );
}

/** An http or https address to which a path can be added. The value has no trailing slash. */
export function baseUrl(): Check<string> {
  return check(
    'an http or https URL without credentials, query or fragment',
    (text) => {
      const url = parseUrl(text);
      return url && isHttp(url) && isBare(url, text) ? url.origin + url.pathname.replace(/\/+$/, '') : undefined;
    },
    showUrl,
  );
}

/** A Redis address. It may contain a password. */
export function redisUrl(): Check<string> {
  return check(
    'a redis:// or rediss:// URL, or redis-sentinel://host:port,host:port/name',
    (text) => (parseRedisAddress(text) ? text : undefined),
    hide,
  );
}

const HOSTS = 'host names such as api.example.com or *.example.com without ports, separated by commas, or * for any';

/** Comma-separated host names in lower case. The first label may be `*`; `*` alone is any host. One issue per wrong item. */
export function hostNames(): Check<string[]> {
  return z.string().transform((text, context) => {
    const items = text.split(',').map((item) => item.trim().toLowerCase());
    return items.filter(Boolean).flatMap((item) => {
      if (HOST_NAME.test(item)) return item;
      refuse(context, HOSTS, quote(item));
      return [];
    });
  });
}

/** A name, an IPv4 address, an IPv6 address in brackets, or `*`. */
const HOST_NAME = /^(\*|(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/;

/** The path of a file, which is not read here. */
export function filePath(): Check<string> {
  return check('the path of a file', (text) => (text.trim() === '' ? undefined : text));
}

/** A value that `parse` turns into the setting. It may contain a secret, so an invalid one is not shown. */
export function secret<Value>(expected: string, parse: (text: string) => Value | undefined): Check<Value> {
  return check(expected, parse, hide);
}

const ORIGINS =
  'origins such as https://app.example.com or https://*.example.com, separated by commas; no other "*", no path';

/** Comma-separated origins, each as browsers send it, except that its first label may be `*`. One issue per wrong item. */
export function origins(): Check<string[]> {
  return z.string().transform((text, context) => {
    const items = text.split(',').map((item) => item.trim());
    return items.filter(Boolean).flatMap((item) => {
      const origin = parseOrigin(item);
      if (origin === undefined) refuse(context, ORIGINS, showOrigin(item));
      return origin ?? [];
    });
  });
}

function parseOrigin(item: string): string | undefined {
  const url = parseUrl(item);
  const isOrigin = url && isHttp(url) && isBare(url, item) && url.pathname === '/' && hasUsableHost(url);
  return isOrigin ? url.origin : undefined;
}

/** `*` stands for one whole label at the beginning. `*.com`, or `*` of any top-level domain, would include the sites of others. */
function hasUsableHost({ hostname }: URL): boolean {
  const rest = hostname.replace(/^\*\./, '');
  return !rest.includes('*') && (rest === hostname || rest === 'localhost' || rest.includes('.'));
}

function showOrigin(item: string): string {
  const url = parseUrl(item);
  return url && isHttp(url) ? describeUrl(url) : quote(item);
}

/** A text that is not a web address may be anything, a secret included. */
function showUrl(text: string): string {
  const url = parseUrl(text);
  return url && isHttp(url) ? describeUrl(url) : HIDDEN;
}

function hide(): string {
  return HIDDEN;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
