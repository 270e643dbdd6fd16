import { type ASTNode, GraphQLError } from 'graphql';
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
} from '../../../upstream/client/errors/upstream-errors.js';
import type { UpstreamDefinition } from '../../../upstream/definition.js';
import { UPSTREAMS } from '../../../upstream/definitions.js';
import {
  CredentialMissing,
  UpstreamBudgetExceeded,
  UpstreamNotConfigured,
} from '../../../upstream/operation-errors.js';

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
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'PERSISTED_QUERY_NOT_SUPPORTED'
  | 'PERSISTED_QUERY_ONLY'
  | 'INTERNAL_SERVER_ERROR';

/** The error for an argument that is not valid. The message names the argument, what is wrong and what is expected. */
export function badUserInput(message: string, node?: ASTNode): GraphQLError {
  return new GraphQLError(message, { nodes: node ?? null, extensions: { code: 'BAD_USER_INPUT' satisfies ErrorCode } });
}

/**
 * Checks the filters of a list, given by argument name. Throws BAD_USER_INPUT for an empty string: the upstreams treat it as no
 * filter, so a client whose variable is empty would get everything.
 */
export function checkFilter(filters: Readonly<Record<string, string | null | undefined>>): void {
  for (const [name, value] of Object.entries(filters)) {
    if (value === '') throw badUserInput(`The value of "${name}" is empty. Leave the argument out to get everything.`);
  }
}

/**
 * The top-level error that a client sees for a failure; undefined for an internal error, which the transport masks. The message
 * never has upstream texts, paths or hosts, which are in the log. `isWrite`: the failed call may have changed something.
 */
export function toGraphQLError(error: unknown, isWrite = false): GraphQLError | undefined {
  if (error instanceof GraphQLError) return error;
  if (error instanceof InvalidPathSegment) {
    return badUserInput(
      'An id in this request cannot be part of an upstream path: it is empty, "." or "..", is longer than 255 characters, or has characters that this upstream does not allow in ids.',
    );
  }
  if (error instanceof UpstreamNotConfigured) {
    const { label, prefix } = UPSTREAMS[error.service];
    const message = `${label} is not configured on this gateway. Its operator must set ${prefix}_URL.`;
    return graphQLError('UPSTREAM_NOT_CONFIGURED', message);
  }
  if (error instanceof CredentialMissing) return graphQLError('UNAUTHENTICATED', credentialMessage(error));
  if (error instanceof UpstreamBudgetExceeded) {
    const message = `This operation needs more than ${error.limit} upstream calls. Request less in one operation.`;
    return graphQLError('UPSTREAM_BUDGET_EXCEEDED', message);
  }
  return error instanceof UpstreamError ? upstreamError(error, isWrite) : undefined;
}

function upstreamError(error: UpstreamError, isWrite: boolean): GraphQLError {
  const [code, message] = describe(error, UPSTREAMS[error.call.service]);
  const isUnknown = isWrite && error.call.sent !== false && UNKNOWN_OUTCOME.has(code);
  const { service, operation, status, requestId, retryAfter } = error.call;
  return graphQLError(
    code,
    isUnknown ? `${message} Whether the change was made is unknown: check before you repeat it.` : message,
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

function describe(error: UpstreamError, upstream: UpstreamDefinition): [ErrorCode, string] {
  const name = upstream.label;
  if (error instanceof UpstreamUnauthenticated) {
    return ['UNAUTHENTICATED', `${name} did not accept the credential. It may have expired.`];
  }
  if (error instanceof UpstreamForbidden) return ['FORBIDDEN', `${name} does not allow this caller to do that.`];
  if (error instanceof UpstreamNotFound)
    return ['BAD_USER_INPUT', `${name} does not have this object, or hides it from this caller.`];
  if (error instanceof UpstreamRejected) return ['BAD_USER_INPUT', `${name} did not accept the request.`];
  if (error instanceof UpstreamRateLimited)
    return ['RATE_LIMITED', `${name} has received too many requests. Try again later.`];
  if (error instanceof UpstreamTimeout) return ['UPSTREAM_TIMEOUT', `${name} did not answer in time.`];
  if (error instanceof UpstreamUnavailable) return ['UPSTREAM_UNAVAILABLE', unavailableMessage(error, upstream)];
  if (error instanceof UpstreamBadResponse)
    return ['UPSTREAM_BAD_RESPONSE', `${name} returned an answer that cannot be read.`];
  if (error instanceof UpstreamAborted)
    return ['UPSTREAM_UNAVAILABLE', 'The client disconnected before the answer arrived.'];
  return ['INTERNAL_SERVER_ERROR', 'Something went wrong.'];
}

function unavailableMessage(error: UpstreamUnavailable, { label: name, prefix }: UpstreamDefinition): string {
  const { status } = error.call;
  if (status === undefined) {
    // Without a cause, the gateway itself refused the call.
    const hint = error.cause ? ` The operator can check ${prefix}_URL with "gateway doctor".` : '';
    return `${name} cannot be reached right now.${hint}`;
  }
  // The answer started with success and was cut off.
  return status < 300 ? `${name} did not complete its answer.` : `${name} failed with status ${status}.`;
}

function credentialMessage({ service, problem }: CredentialMissing): string {
  const { label, tokenExample } = UPSTREAMS[service];
  if (problem.problem === 'missing')
    return `No credential for ${label}. Send the header \`${problem.header}: Bearer ${tokenExample}\`; over WebSocket, send it in \`connectionParams\`.`;
  if (problem.problem === 'scheme')
    return `The ${problem.header} header must be \`Bearer <token>\`, with your token in place of \`<token>\`.`;
  return `The ${problem.header} header has characters that cannot be sent to the upstream.`;
}

/** An error with one of our codes. The client sees `message` as it is. */
export function graphQLError(code: ErrorCode, message: string, extensions: Record<string, unknown> = {}): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...extensions } });
}
