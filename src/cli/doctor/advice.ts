import type { UpstreamConfig } from '../../config/load-config.js';
import {
  UpstreamBadResponse,
  type UpstreamError,
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRejected,
  UpstreamTimeout,
  UpstreamUnauthenticated,
} from '../../upstream/client/errors/upstream-errors.js';
import { ProxyRefused, ProxyUnreachable } from '../../upstream/client/proxy.js';
import type { UpstreamDefinition } from '../../upstream/definition.js';

/** The upstream that is checked, with its settings. */
export interface Subject extends UpstreamConfig {
  readonly upstream: UpstreamDefinition;
}

/**
 * Says what the operator can do about an error. Completes a sentence that begins with the address, for example
 * `rejects INKEEP_TOKEN. …`. Never contains a token.
 */
export function advice(subject: Subject, error: UpstreamError): string {
  const { prefix, address, doctor } = subject.upstream;
  const { status } = error.call;
  if (error instanceof UpstreamUnauthenticated) {
    return `rejects ${prefix}_TOKEN. It may belong to another environment, be incomplete, or have expired: create a new one.`;
  }
  if (error instanceof UpstreamForbidden) return forbidden(subject);
  if (error instanceof UpstreamNotFound) return notFound(subject);
  if (error instanceof UpstreamRateLimited) return 'returns 429: too many requests. Try again later.';
  if (error instanceof UpstreamTimeout) return 'does not answer in time. Check the address, and the network to it.';
  if (error instanceof UpstreamBadResponse) return badResponse(address, error);
  if (error instanceof UpstreamRejected) {
    return [`rejects the request with ${status}.`, doctor.rejected].filter(Boolean).join(' ');
  }
  if (status === undefined) return unreachable(error);
  if (status < 300) return `returns ${status}, but the connection ends before the response is complete.`;
  return `fails with ${status}. The cause is the upstream, or a proxy in front of it.`;
}

function forbidden({ upstream: { prefix, doctor }, token, tenantId }: Subject): string {
  if (token === undefined) return 'returns 403 without a credential. Check that this machine may call it.';
  return `accepts ${prefix}_TOKEN, but not for ${doctor.forbidden(tenantId)}`;
}

function notFound({ upstream: { address, doctor }, tenantId }: Subject): string {
  return [`returns 404. It must be ${address}.`, doctor.notFound?.(tenantId)].filter(Boolean).join(' ');
}

function badResponse(address: string, { problem, call: { status } }: UpstreamBadResponse): string {
  if (status !== undefined && status >= 300 && status < 400) {
    return `redirects with ${status}, which the gateway does not follow. Set the address that it redirects to.`;
  }
  return `does not respond like this API: the request ${problem}. The address must be ${address}.`;
}

function unreachable({ cause }: UpstreamError): string {
  if (cause instanceof ProxyRefused) return refusedByProxy(cause.status);
  if (cause instanceof ProxyUnreachable) return `cannot be reached: the proxy ${noConnection(cause.cause)}`;
  return noConnection(cause);
}

function refusedByProxy(status: number): string {
  if (status === 407) {
    return 'cannot be reached: the proxy requires credentials, or rejects the given ones (407). They go before its host.';
  }
  return `cannot be reached: the proxy refuses with ${status}. It may not allow or not reach this host or port; see NO_PROXY.`;
}

function noConnection(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
  const reason = REASONS.find(([pattern]) => pattern.test(code))?.[1];
  return `cannot be reached (${code})${reason ? `: ${reason}` : ''}.`;
}

const REASONS: readonly [RegExp, string][] = [
  [/ENOTFOUND|EAI_AGAIN/, 'the host name is unknown'],
  [/ECONNREFUSED/, 'nothing listens there'],
  [/TIMEOUT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, 'there is no route to it, or a firewall blocks the connection'],
  // The code for a response that is not TLS depends on the version of OpenSSL.
  [/WRONG_VERSION_NUMBER|EPROTO|PACKET_LENGTH/, 'it does not use TLS; try http instead of https'],
  [/CERT|ERR_TLS|LEAF_SIGNATURE/, 'its certificate is not trusted; NODE_EXTRA_CA_CERTS can name a file with its CA'],
  [/ECONNRESET|UND_ERR_SOCKET/, 'it closes the connection at once; try https instead of http'],
];
