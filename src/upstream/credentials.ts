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
