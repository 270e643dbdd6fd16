import { LRUCache } from 'lru-cache';
import type { AnonymousCredential, CredentialProblem, HeaderReader } from './caller.js';
import type { Caller, Service } from './client/call.js';
import { forEachUpstream, SERVICES, UPSTREAMS } from './definitions.js';

/** The credentials of a caller by upstream; undefined if the upstream is not configured. Frozen, one object for each operation. */
export type Credentials = Readonly<Partial<Record<Service, Caller | CredentialProblem>>>;

/** Which upstreams are configured, and the credential for callers without one (usually none). */
export type CredentialRules = Readonly<Partial<Record<Service, AnonymousCredential>>>;

/**
 * Assigns the credentials of a caller to the upstreams. `Authorization` is for one upstream only: for the one that claims it,
 * configured or not, otherwise for the first that is configured. So it is for Inkeep, except that it is for Kataven if
 * - its bearer starts with `sk_live_`,
 * - `X-Account-ID` is given without `X-Kataven-Authorization`, or
 * - Inkeep is not configured.
 *
 * Every upstream may have headers of its own, which have precedence over it: see its definition.
 */
export function readCredentials(header: HeaderReader, rules: CredentialRules): Credentials {
  const owner =
    SERVICES.find((service) => UPSTREAMS[service].claimsAuthorization?.(header)) ??
    SERVICES.find((service) => rules[service] !== undefined);
  return Object.freeze(
    forEachUpstream((service, { readCaller }) => {
      const authorization = service === owner ? header('authorization') : undefined;
      return rules[service] && readCaller(authorization, header, rules[service]);
    }),
  );
}

const HEADERS = [...new Set(SERVICES.flatMap((service) => UPSTREAMS[service].headers))];

/**
 * Returns a function like `readCredentials` that remembers the credentials of the last `maxCallers` callers, by the exact values
 * of all headers that credentials are read from. Hashing a credential for each request costs several microseconds.
 */
export function createCredentialReader(
  rules: CredentialRules,
  maxCallers: number,
): (header: HeaderReader) => Credentials {
  const known = new LRUCache<string, Credentials>({ max: maxCallers });
  return (header) => {
    let key = '';
    for (const name of HEADERS) {
      const value = header(name);
      // The length makes the key unambiguous, whatever a value contains.
      key += value === undefined ? '-' : `${value.length}:${value}`;
    }
    const remembered = known.get(key);
    if (remembered) return remembered;
    const credentials = readCredentials(onlyDeclared(header), rules);
    known.set(key, credentials);
    return credentials;
  };
}

/** Guards against bugs: a header that is not part of the key would give one caller the credentials of another. */
function onlyDeclared(header: HeaderReader): HeaderReader {
  return (name) => {
    if (!HEADERS.includes(name)) throw new TypeError(`the header ${name} is not declared in UPSTREAMS`);
    return header(name);
  };
}
