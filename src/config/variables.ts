import type { ConfigProblem } from './problems.js';

/** The environment as the process sees it. */
export type Environment = Readonly<Record<string, string | undefined>>;

const ORIGINS =
  'origins such as https://app.example.com or https://*.example.com, separated by commas; no other "*", no path';

/** Stands for a value that may be a secret. */
const HIDDEN = '(not shown)';

/**
 * Reads single variables and collects what is wrong with them, so that all problems can be reported at once.
 * To the readers, a variable set to the empty string is not set. A reader that finds a problem returns its fallback.
 */
export class Variables {
  readonly problems: ConfigProblem[] = [];
  readonly #env: Environment;

  constructor(env: Environment) {
    this.#env = env;
  }

  /** Names of all variables that are set, also to nothing, sorted. */
  names(): string[] {
    return Object.keys(this.#env)
      .filter((name) => this.#env[name] !== undefined)
      .sort();
  }

  isEmpty(name: string): boolean {
    return this.#env[name] === '';
  }

  /** Rejects those of these variables that are set to nothing, as a compose file does whose own variable is missing. */
  rejectEmpty(names: readonly string[]): void {
    for (const name of names) {
      if (this.isEmpty(name)) this.#reject(name, 'an empty value', 'a value; or leave the variable out');
    }
  }

  has(name: string): boolean {
    return this.#raw(name) !== undefined;
  }

  boolean<Fallback extends boolean | undefined>(name: string, fallback: Fallback): boolean | Fallback {
    const value = this.#raw(name);
    if (value === undefined) return fallback;
    if (value === 'true' || value === 'false') return value === 'true';
    this.#reject(name, quote(value), '"true" or "false"');
    return fallback;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const value = this.#raw(name);
    if (value === undefined) return fallback;
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    this.#reject(name, quote(value), `a whole number from ${min} to ${max}`);
    return fallback;
  }

  oneOf<Choice extends string>(name: string, fallback: Choice, choices: readonly Choice[]): Choice {
    const value = this.#raw(name);
    if (value === undefined) return fallback;
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    this.#reject(name, quote(value), `one of ${choices.join(', ')}`);
    return fallback;
  }

  /** A value of the given pattern, shown as it is when it does not match. */
  matching(name: string, pattern: RegExp, expected: string): string | undefined {
    const value = this.#raw(name);
    if (value === undefined || pattern.test(value)) return value;
    this.#reject(name, quote(value), expected);
    return undefined;
  }

  /** A bearer token: what may stand behind "Bearer " in a header, and is never shown. */
  token(name: string): string | undefined {
    const value = this.#raw(name);
    if (value === undefined || /^[\x21-\x7e]+$/.test(value)) return value;
    this.#reject(name, HIDDEN, 'the bare token: printable ASCII without blanks, and without "Bearer " before it');
    return undefined;
  }

  /** An http or https address to which a path can be added: no credentials, query or fragment; trailing slashes are cut. */
  baseUrl(name: string): string | undefined {
    const value = this.#raw(name);
    if (value === undefined) return undefined;
    const url = parseUrl(value);
    if (url && isHttp(url) && isBare(url, value)) return url.origin + url.pathname.replace(/\/+$/, '');
    this.#reject(name, describeUrl(url), 'an http or https URL without credentials, query and fragment');
    return undefined;
  }

  /** A Redis address; it may hold a password, which is not shown. */
  redisUrl(name: string): string | undefined {
    const value = this.#raw(name);
    if (value === undefined) return undefined;
    const url = parseUrl(value);
    if (url && (url.protocol === 'redis:' || url.protocol === 'rediss:') && url.hostname !== '') return value;
    this.#reject(name, HIDDEN, 'a redis:// or rediss:// URL');
    return undefined;
  }

  /** What `parse` makes of a value that may hold a secret, which is not shown where it makes nothing of it. */
  hidden<Value>(name: string, parse: (value: string) => Value | undefined, expected: string): Value | undefined {
    const value = this.#raw(name);
    if (value === undefined) return undefined;
    const parsed = parse(value);
    if (parsed === undefined) this.#reject(name, HIDDEN, expected);
    return parsed;
  }

  /** Comma-separated origins, each as a browser would send it, but that its first label may be `*`. */
  origins(name: string): string[] {
    const items = (this.#raw(name) ?? '').split(',').map((item) => item.trim());
    return items.filter((item) => item !== '').flatMap((item) => this.#origin(name, item));
  }

  /** Notes a problem that concerns more than the spelling of one value. */
  reject(name: string, expected: string): void {
    const value = this.#raw(name);
    this.#reject(name, value === undefined ? 'nothing' : quote(value), expected);
  }

  #origin(name: string, item: string): string[] {
    const url = parseUrl(item);
    if (url && isHttp(url) && isBare(url, item) && url.pathname === '/' && hasUsableHost(url)) return [url.origin];
    const received = url && isHttp(url) ? describeUrl(url) : quote(item);
    this.#reject(name, received, ORIGINS);
    return [];
  }

  #raw(name: string): string | undefined {
    return this.#env[name] || undefined;
  }

  #reject(variable: string, received: string, expected: string): void {
    this.problems.push({ variable, received, expected });
  }
}

function quote(value: string): string {
  return JSON.stringify(value);
}

function parseUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}

function isHttp(url: URL): boolean {
  return url.protocol === 'http:' || url.protocol === 'https:';
}

/** An empty query ("?") or user ("@") leaves no trace in the parsed URL, so the text is looked at too. */
function isBare(url: URL, text: string): boolean {
  return url.username === '' && url.password === '' && !/[?#\\]|^[^/]*\/\/[^/]*@/.test(text);
}

/** `*` stands for one whole label at the beginning. Under `*.com`, and every other top-level domain, are the sites of others. */
function hasUsableHost({ hostname }: URL): boolean {
  const rest = hostname.replace(/^\*\./, '');
  return !rest.includes('*') && (rest === hostname || rest === 'localhost' || rest.includes('.'));
}

/** Protocol, host and path; what could hold a secret is only named. What is not even a web address could be anything. */
function describeUrl(url: URL | undefined): string {
  if (url === undefined || !isHttp(url)) return HIDDEN;
  const secrets = [
    url.username + url.password && 'credentials',
    url.search && 'a query',
    url.hash && 'a fragment',
  ].filter(Boolean);
  const visible = quote(url.origin + url.pathname);
  return secrets.length > 0 ? `${visible} with ${secrets.join(' and ')}` : visible;
}
