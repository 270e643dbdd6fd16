import { createHash } from 'node:crypto';
import type { Caller, Service } from './client/call.js';

/** Why a caller has no credential for an upstream. `header` is the one to fix. */
export interface CredentialProblem {
  readonly problem: 'missing' | 'scheme' | 'malformed';
  readonly header: string;
}

/** The credentials of a caller by upstream; undefined if the upstream is not configured. Frozen, one object for each operation. */
export interface Credentials {
  readonly inkeep: Caller | CredentialProblem | undefined;
  readonly kataven: Caller | CredentialProblem | undefined;
}

/** Which upstreams are configured, and the token for callers without a credential (usually none). */
export interface CredentialRules {
  readonly inkeep: { readonly anonymousToken?: string | undefined } | undefined;
  readonly kataven:
    | { readonly anonymousToken?: string | undefined; readonly anonymousAccountId?: string | undefined }
    | undefined;
}

/** Returns the first value of a header by its lower-case name; over WebSocket, from `connectionParams`. */
export type HeaderReader = (name: string) => string | undefined;

const FORWARDED_COOKIES = /^(?:__Secure-)?better-auth\./;
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
const HEADER_VALUE = /^[\x20-\x7e]+$/;

/**
 * Assigns the credentials of a caller to the upstreams. `Authorization` is for Inkeep, except that it is for Kataven if
 * - its bearer starts with `sk_live_` (it is never sent to Inkeep, even if Kataven is not configured),
 * - only Kataven is configured, or
 * - `X-Account-ID` is given without `X-Kataven-Authorization`.
 *
 * `X-Kataven-Authorization` has precedence over it. Tokens are opaque: only the prefix `sk_live_` is read.
 */
export function readCredentials(header: HeaderReader, rules: CredentialRules): Credentials {
  const authorization = header('authorization');
  const kataven = header('x-kataven-authorization');
  const accountId = header('x-account-id');
  const isKatavenKey = authorization !== undefined && /^bearer\s+sk_live_/i.test(authorization);
  const isKatavens =
    authorization !== undefined &&
    (isKatavenKey || rules.inkeep === undefined || (accountId !== undefined && kataven === undefined));

  return Object.freeze({
    inkeep: rules.inkeep && inkeepCaller(isKatavens ? undefined : authorization, header, rules.inkeep),
    kataven:
      rules.kataven &&
      katavenCaller(
        kataven !== undefined
          ? { value: kataven, header: 'X-Kataven-Authorization' }
          : isKatavens
            ? { value: authorization, header: 'Authorization' }
            : undefined,
        accountId,
        rules.kataven,
      ),
  });
}

function inkeepCaller(
  authorization: string | undefined,
  header: HeaderReader,
  rules: NonNullable<CredentialRules['inkeep']>,
): Caller | CredentialProblem {
  const headers: Record<string, string> = {};
  if (authorization !== undefined) {
    const bearer = readBearer(authorization);
    if (bearer === undefined) return { problem: 'scheme', header: 'Authorization' };
    headers.authorization = bearer;
  }
  const cookie = sessionCookies(header('cookie'));
  if (cookie) headers.cookie = cookie;
  if (!headers.authorization && !headers.cookie) {
    if (rules.anonymousToken === undefined) return { problem: 'missing', header: 'Authorization' };
    headers.authorization = `Bearer ${rules.anonymousToken}`;
  }
  const ref = header('x-inkeep-ref');
  if (ref !== undefined && !HEADER_VALUE.test(ref)) return { problem: 'malformed', header: 'X-Inkeep-Ref' };
  return callerOf('inkeep', headers, ref === undefined ? {} : { 'x-inkeep-ref': ref });
}

function katavenCaller(
  authorization: { value: string; header: string } | undefined,
  accountId: string | undefined,
  rules: NonNullable<CredentialRules['kataven']>,
): Caller | CredentialProblem {
  if (accountId !== undefined && !VISIBLE_ASCII.test(accountId)) {
    return { problem: 'malformed', header: 'X-Account-ID' };
  }
  if (authorization === undefined) {
    if (rules.anonymousToken === undefined) return { problem: 'missing', header: 'X-Kataven-Authorization' };
    // The account belongs to the token: a client must not choose where the operator's token is used.
    const account = rules.anonymousAccountId;
    return callerOf('kataven', {
      authorization: `Bearer ${rules.anonymousToken}`,
      ...(account === undefined ? {} : { 'x-account-id': account }),
    });
  }
  const bearer = readBearer(authorization.value);
  if (bearer === undefined) return { problem: 'scheme', header: authorization.header };
  return callerOf('kataven', {
    authorization: bearer,
    ...(accountId === undefined ? {} : { 'x-account-id': accountId }),
  });
}

/** `Bearer <token>` as it is forwarded; undefined for another scheme, or an empty or unprintable token. */
function readBearer(value: string): string | undefined {
  const match = /^bearer +(\S+) *$/i.exec(value);
  return match?.[1] !== undefined && VISIBLE_ASCII.test(match[1]) ? `Bearer ${match[1]}` : undefined;
}

function sessionCookies(cookie: string | undefined): string | undefined {
  const kept = cookie
    ?.split(';')
    .map((pair) => pair.trim())
    .filter((pair) => FORWARDED_COOKIES.test(pair) && HEADER_VALUE.test(pair));
  return kept?.length ? kept.join('; ') : undefined;
}

/** `extra` headers are part of the fingerprint and not of the identity. */
function callerOf(service: Service, identity: Record<string, string>, extra: Record<string, string> = {}): Caller {
  const headers = { ...identity, ...extra };
  return Object.freeze({
    service,
    headers: Object.freeze(headers),
    fingerprint: hash(service, headers),
    identity: hash(service, identity),
  });
}

function hash(service: Service, headers: Record<string, string>): string {
  const entries = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([service, entries]))
    .digest('base64url');
}
