import type { ProxyServer } from '../../config/load-config.js';
import { ProxyRefused, ProxyUnreachable } from '../../upstream/client/proxy.js';
import {
  UpstreamBadResponse,
  type UpstreamError,
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRejected,
  UpstreamTimeout,
  UpstreamUnauthenticated,
} from '../../upstream/client/upstream-errors.js';

type Name = 'INKEEP' | 'KATAVEN';

/** The upstream that is checked, with its settings. */
export interface Subject {
  readonly name: Name;
  readonly url: string;
  readonly proxy?: ProxyServer;
  readonly token?: string;
  /** Whether `serve` uses the token for callers without a credential. */
  readonly isUsedForOthers: boolean;
  /** Inkeep only. `isSet`: the operator set it; otherwise it is a guess. */
  readonly tenant?: { readonly id: string; readonly isSet: boolean };
}

/** The address that each setting must have, so that the paths of the API can follow it. */
const ADDRESS: Record<Name, string> = {
  INKEEP: 'everything before `/tenants`, such as https://api.pilot.inkeep.com/manage',
  KATAVEN: 'everything before `/agents` and `/tools`, such as https://api.kataven.ai/v1',
};

/**
 * What the operator can do about an error: the rest of a sentence that begins with the address, for example
 * `rejects INKEEP_TOKEN. …`. Never contains a token.
 */
export function advice({ name, token, tenant }: Subject, error: UpstreamError): string {
  const { status } = error.call;
  if (error instanceof UpstreamUnauthenticated) {
    return `rejects ${name}_TOKEN. It may belong to another environment, be incomplete, or have expired: create a new one.`;
  }
  if (error instanceof UpstreamForbidden) return forbidden(token, tenant);
  if (error instanceof UpstreamNotFound) return notFound(name, tenant);
  if (error instanceof UpstreamRateLimited) return 'returns 429: too many requests. Try again later.';
  if (error instanceof UpstreamTimeout) return 'does not answer in time. Check the address, and the network to it.';
  if (error instanceof UpstreamBadResponse) return badResponse(name, error);
  if (error instanceof UpstreamRejected) {
    const account = name === 'KATAVEN' ? ' A token that does not start with `sk_live_` needs KATAVEN_ACCOUNT_ID.' : '';
    return `rejects the request with ${status}.${account}`;
  }
  if (status === undefined) return unreachable(error);
  if (status < 300) return `returns ${status}, but the connection ends before the response is complete.`;
  return `fails with ${status}. The cause is the upstream, or a proxy in front of it.`;
}

function forbidden(token: string | undefined, tenant: Subject['tenant']): string {
  if (token === undefined) return 'returns 403 without a credential. Check that this machine may call it.';
  if (!tenant) return 'accepts KATAVEN_TOKEN, but not for this account: check KATAVEN_ACCOUNT_ID.';
  return `accepts INKEEP_TOKEN, but not for tenant "${tenant.id}": ${tenant.isSet ? 'check' : 'set'} INKEEP_TENANT_ID.`;
}

function notFound(name: Name, tenant: Subject['tenant']): string {
  const otherCause = tenant
    ? ` If it is, there is no tenant "${tenant.id}": ${tenant.isSet ? 'check' : 'set'} INKEEP_TENANT_ID.`
    : '';
  return `returns 404. It must be ${ADDRESS[name]}.${otherCause}`;
}

function badResponse(name: Name, { problem, call: { status } }: UpstreamBadResponse): string {
  if (status !== undefined && status >= 300 && status < 400) {
    return `redirects with ${status}, which the gateway does not follow. Set the address that it redirects to.`;
  }
  return `does not respond like this API: the request ${problem}. The address must be ${ADDRESS[name]}.`;
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
