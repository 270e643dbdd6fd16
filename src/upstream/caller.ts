import { createHash } from 'node:crypto';
import type { Caller, Service } from './client/call.js';

/** Why a caller has no credential for an upstream. `header` is the one to fix. */
export interface CredentialProblem {
  readonly problem: 'missing' | 'scheme' | 'malformed';
  readonly header: string;
}

/** The operator's credential, for callers who send none. Without `anonymousToken` they are not served. */
export interface AnonymousCredential {
  readonly anonymousToken?: string | undefined;
  readonly anonymousAccountId?: string | undefined;
}

/** Returns the first value of a header by its lower-case name; over WebSocket, from `connectionParams`. */
export type HeaderReader = (name: string) => string | undefined;

export const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
export const HEADER_VALUE = /^[\x20-\x7e]+$/;

/** Returns `Bearer <token>` as it is forwarded; undefined for another scheme, or an empty or unprintable token. */
export function readBearer(value: string): string | undefined {
  const match = /^bearer +(\S+) *$/i.exec(value);
  return match?.[1] !== undefined && VISIBLE_ASCII.test(match[1]) ? `Bearer ${match[1]}` : undefined;
}

/** Returns the frozen caller who sends these headers. `extra` headers are part of the fingerprint and not of the identity. */
export function callerOf(
  service: Service,
  identity: Record<string, string>,
  extra: Record<string, string> = {},
): Caller {
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
