import { type ASTNode, GraphQLError } from 'graphql';
import type { Service } from '../../upstream/client/call.js';
import {
  InvalidPathSegment,
  UpstreamAborted,
  UpstreamBadResponse,
  UpstreamError,
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRejected,
  UpstreamTimeout,
  UpstreamUnauthenticated,
  UpstreamUnavailable,
} from '../../upstream/client/upstream-errors.js';
import { CredentialMissing, UpstreamBudgetExceeded, UpstreamNotConfigured } from '../../upstream/operation-errors.js';

/** Every `extensions.code` a client can see. */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'FORBIDDEN'
  | 'UNAUTHENTICATED'
  | 'RATE_LIMITED'
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_BAD_RESPONSE'
  | 'UPSTREAM_NOT_CONFIGURED'
  | 'UPSTREAM_BUDGET_EXCEEDED'
  | 'LIMIT_EXCEEDED'
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
  | 'INTERNAL_SERVER_ERROR';

const NAMES: Record<Service, string> = { inkeep: 'Inkeep', kataven: 'Kataven' };
const SETTINGS: Record<Service, string> = { inkeep: 'INKEEP_URL', kataven: 'KATAVEN_URL' };

/** The client's input cannot be used; the message names the argument, what is wrong, and what was expected. */
export function badUserInput(message: string, node?: ASTNode): GraphQLError {
  return new GraphQLError(message, { nodes: node ?? null, extensions: { code: 'BAD_USER_INPUT' satisfies ErrorCode } });
}

/**
 * Checks filters of a list, by the names of their arguments. The upstreams take an empty text for no filter, so a client whose
 * variable is empty would get everything: BAD_USER_INPUT.
 */
export function checkFilter(filters: Readonly<Record<string, string | null | undefined>>): void {
  for (const [name, value] of Object.entries(filters)) {
    if (value === '') throw badUserInput(`The value of "${name}" is empty. Leave the argument out to get everything.`);
  }
}

/**
 * The top-level error a client sees for a failure, after the table of error codes in the README; undefined for a failure of
 * our own, which the transport masks. Upstream texts, paths and hosts stay out: they are in the log.
 */
export function toGraphQLError(error: unknown, isWrite = false): GraphQLError | undefined {
  if (error instanceof GraphQLError) return error;
  if (error instanceof InvalidPathSegment) {
    return badUserInput(
      'An id in this request cannot be part of an upstream path: it is empty, longer than 255, "." or "..", or has characters that no id of this upstream has.',
    );
  }
  if (error instanceof UpstreamNotConfigured) {
    const message = `${NAMES[error.service]} is not configured on this gateway; its operator sets ${SETTINGS[error.service]}.`;
    return graphQLError('UPSTREAM_NOT_CONFIGURED', message);
  }
  if (error instanceof CredentialMissing) return graphQLError('UNAUTHENTICATED', credentialMessage(error));
  if (error instanceof UpstreamBudgetExceeded) {
    const message = `This operation needs more than ${error.limit} upstream calls. Ask for less at once.`;
    return graphQLError('UPSTREAM_BUDGET_EXCEEDED', message);
  }
  return error instanceof UpstreamError ? upstreamError(error, isWrite) : undefined;
}

function upstreamError(error: UpstreamError, isWrite: boolean): GraphQLError {
  const [code, message] = describe(error, NAMES[error.call.service]);
  const isUnknown = isWrite && error.call.sent !== false && UNKNOWN_OUTCOME.has(code);
  const { service, operation, status, requestId, retryAfter } = error.call;
  return graphQLError(
    code,
    isUnknown ? `${message} Whether the change was made is unknown: look before you repeat it.` : message,
    {
      upstream: {
        service,
        operation,
        ...(status === undefined ? {} : { status }),
        ...(requestId === undefined ? {} : { requestId }),
      },
      ...(retryAfter === undefined ? {} : { retryAfter }),
    },
  );
}

const UNKNOWN_OUTCOME: ReadonlySet<ErrorCode> = new Set([
  'UPSTREAM_TIMEOUT',
  'UPSTREAM_UNAVAILABLE',
  'UPSTREAM_BAD_RESPONSE',
]);

function describe(error: UpstreamError, name: string): [ErrorCode, string] {
  if (error instanceof UpstreamUnauthenticated) {
    return ['UNAUTHENTICATED', `${name} did not accept the credential. It may have expired.`];
  }
  if (error instanceof UpstreamForbidden) return ['FORBIDDEN', `${name} does not allow this caller to do that.`];
  if (error instanceof UpstreamNotFound)
    return ['BAD_USER_INPUT', `${name} has no such thing, or hides it from this caller.`];
  if (error instanceof UpstreamRejected) return ['BAD_USER_INPUT', `${name} did not accept the request.`];
  if (error instanceof UpstreamRateLimited) return ['RATE_LIMITED', `${name} is asked too often. Try again later.`];
  if (error instanceof UpstreamTimeout) return ['UPSTREAM_TIMEOUT', `${name} did not answer in time.`];
  if (error instanceof UpstreamUnavailable) return ['UPSTREAM_UNAVAILABLE', unavailableMessage(error, name)];
  if (error instanceof UpstreamBadResponse)
    return ['UPSTREAM_BAD_RESPONSE', `${name} gave an answer that makes no sense here.`];
  if (error instanceof UpstreamAborted) return ['UPSTREAM_UNAVAILABLE', 'The client left before the answer came.'];
  return ['INTERNAL_SERVER_ERROR', 'Something went wrong.'];
}

function unavailableMessage(error: UpstreamUnavailable, name: string): string {
  const { status } = error.call;
  if (status === undefined) return `${name} cannot be reached right now.`;
  // An answer that began well, and was cut off.
  return status < 300 ? `${name} broke its answer off.` : `${name} failed with status ${status}.`;
}

function credentialMessage({ service, problem }: CredentialMissing): string {
  const example = service === 'kataven' ? `${problem.header}: Bearer sk_live_…` : 'Authorization: Bearer …';
  if (problem.problem === 'missing')
    return `No credential for ${NAMES[service]}: send \`${example}\`, over WebSocket in \`connectionParams\`.`;
  if (problem.problem === 'scheme') return `The ${problem.header} header must be \`Bearer <token>\`.`;
  return `The ${problem.header} header has characters that cannot be sent on.`;
}

/** An error with a code of ours. `message` is shown to the client as it is. */
export function graphQLError(code: ErrorCode, message: string, extensions: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...extensions } });
}
