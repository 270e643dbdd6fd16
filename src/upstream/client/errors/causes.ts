import { UPSTREAM_LIMITS } from '../../../limits.js';
import { ProxyRefused } from '../proxy.js';
import { UpstreamError } from './upstream-errors.js';

/** One error of a cause chain, as the log shows it. */
export interface Cause {
  readonly class: string;
  /** Of a failed call: what went wrong, in the gateway's words. */
  readonly problem?: string;
  /** HTTP status of a failed call, or of the proxy that refused it. */
  readonly status?: number;
  /** Of the system (`ECONNREFUSED`), of TLS (`CERT_HAS_EXPIRED`) or of undici (`UND_ERR_SOCKET`). */
  readonly code?: string;
  readonly syscall?: string;
  /** Why TLS failed. */
  readonly reason?: string;
}

const CODE = /^[A-Z][A-Z0-9_]{1,60}$/;
const SYSCALL = /^[a-z]{1,30}$/;
/** OpenSSL's reasons are fixed texts. The pattern excludes anything that could be an address or a value. */
const TLS_TEXT = /^[a-z0-9][a-z0-9 -]{1,80}$/i;
/** Node's codes for what OpenSSL reports about a certificate. */
const CERTIFICATE_CODE =
  /^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|ERROR_IN_|INVALID_(CA|PURPOSE)|PATH_LENGTH|HOSTNAME_MISMATCH)/;

/**
 * The chain of causes of an error, outermost first, at most 8. The errors of an AggregateError (one for each address that was
 * tried) follow it. Includes names, codes and TLS reasons, but no messages: those hold addresses and upstream text.
 */
export function causesOf(error: unknown): readonly Cause[] {
  const causes: Cause[] = [];
  const queue: unknown[] = [error];
  while (queue.length > 0 && causes.length < UPSTREAM_LIMITS.maxLoggedCauses) {
    const next = queue.shift();
    if (!(next instanceof Error)) continue;
    causes.push(describe(next));
    queue.push(next.cause, ...(next instanceof AggregateError ? next.errors : []));
  }
  return causes;
}

function describe(error: Error): Cause {
  const { code, syscall } = error as NodeJS.ErrnoException;
  const reason = tlsReason(error);
  return {
    class: error.name,
    ...(error instanceof UpstreamError && { problem: error.problem }),
    ...(error instanceof UpstreamError && error.call.status !== undefined && { status: error.call.status }),
    ...(error instanceof ProxyRefused && { status: error.status }),
    ...(typeof code === 'string' && CODE.test(code) && { code }),
    ...(typeof syscall === 'string' && SYSCALL.test(syscall) && { syscall }),
    ...(reason !== undefined && { reason }),
  };
}

function tlsReason(error: Error): string | undefined {
  const { code = '', library, reason } = error as Error & { code?: unknown; library?: unknown; reason?: unknown };
  // Node's own reason lists all host names of the certificate.
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'the certificate is for other hosts';
  const text = typeof library === 'string' ? reason : CERTIFICATE_CODE.test(String(code)) ? error.message : undefined;
  return typeof text === 'string' && TLS_TEXT.test(text) ? text : undefined;
}
