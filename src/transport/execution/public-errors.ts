import {
  type ASTNode,
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLErrorOptions,
  type GraphQLFormattedError,
  isValueNode,
  visit,
} from 'graphql';
import type { ErrorCode } from '../../graph/core/error-codes.js';
import type { Exchange } from './exchange.js';

/**
 * The codes a client can meet, with the HTTP status of a request that is refused for one before anything is executed.
 * INTERNAL_SERVER_ERROR is ours alone: an error that comes with it is masked like any other.
 */
const STATUS: Record<ErrorCode, number> = {
  BAD_USER_INPUT: 400,
  LIMIT_EXCEEDED: 400,
  // As Apollo Server has it: clients read the code, and send the query.
  PERSISTED_QUERY_NOT_SUPPORTED: 200,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  UPSTREAM_BAD_RESPONSE: 502,
  UPSTREAM_UNAVAILABLE: 503,
  UPSTREAM_NOT_CONFIGURED: 503,
  UPSTREAM_BUDGET_EXCEEDED: 400,
  UPSTREAM_TIMEOUT: 504,
};

/** Read, and kept from clients, by Yoga's result processors. `spec`: not for clients that want plain `application/json`. */
export interface HttpExtensions {
  readonly status: number;
  readonly spec?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What the client did wrong with its request. The message must not repeat a value the client sent.
 * Without `http` the status is that of any GraphQL request error.
 */
export function badInput(
  message: string,
  at: { nodes?: GraphQLError['nodes']; http?: HttpExtensions } = {},
): GraphQLError {
  const extensions = { code: 'BAD_USER_INPUT' satisfies ErrorCode, ...(at.http && { http: at.http }) };
  return new GraphQLError(message, { nodes: at.nodes ?? null, extensions });
}

/** A request that has the hash of a query instead of a query. Message and code are those that APQ clients know. */
export function persistedQueryNotSupported(): GraphQLError {
  const code = 'PERSISTED_QUERY_NOT_SUPPORTED' satisfies ErrorCode;
  return new GraphQLError('PersistedQueryNotSupported', { extensions: { code } });
}

/** A failure of our own. Says nothing of its cause, which is in the log under the same request id. */
class InternalError extends GraphQLError {
  constructor(requestId: string, cause: unknown) {
    const place = cause instanceof GraphQLError ? placeOf(cause) : {};
    super('Unexpected error.', { ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } });
  }
}

/**
 * The errors as a client may see them: one with a code of ours as it is; a value that only execution could find wrong as
 * BAD_USER_INPUT; everything else as an `InternalError`, its cause logged. A GraphQLError that wraps another kind of error
 * belongs to the last, whatever code it carries. Their codes are noted in the exchange.
 */
export function publicErrors(errors: readonly unknown[], exchange: Exchange): GraphQLError[] {
  const safe = errors.map((error) => publicError(error, exchange));
  for (const { extensions } of safe) exchange.record.codes.add(String(extensions.code));
  return safe;
}

function publicError(error: unknown, { requestId, log }: Exchange): GraphQLError {
  if (error instanceof InternalError || isPublic(error)) return error;
  if (error instanceof GraphQLError && isAboutArgument(error)) return asBadArgument(error);
  log.error({ requestId, err: rootCause(error) }, 'operation failed');
  return new InternalError(requestId, error);
}

/** Why an operation was not executed. The errors are fit for clients, and carry the HTTP status for Yoga's result processors. */
export interface Refusal {
  readonly errors: readonly GraphQLError[];
}

/** Refuses a request as a whole. Errors that bring no HTTP status get the one of their code. */
export function refusal(errors: readonly unknown[], exchange: Exchange): Refusal {
  return { errors: publicErrors(errors, exchange).map(withStatus) };
}

function withStatus(error: GraphQLError): GraphQLError {
  if (error.extensions.http !== undefined) return error;
  const http: HttpExtensions = { status: STATUS[error.extensions.code as ErrorCode], spec: true };
  return new GraphQLError(error.message, { ...placeOf(error), extensions: { ...error.extensions, http } });
}

/** A result whose errors are fit for clients, as JSON has it. The HTTP status of a refusal is left out. */
export function formatResult({ errors, ...rest }: ExecutionResult): FormattedExecutionResult {
  return { ...(errors && { errors: errors.map(formatError) }), ...rest };
}

function formatError(error: GraphQLError): GraphQLFormattedError {
  const { extensions = {}, ...rest } = error.toJSON();
  const { http: _, ...shown } = extensions;
  return { ...rest, extensions: shown };
}

/** Where in the document, and in the result, an error is. */
function placeOf({ nodes, source, positions, path }: GraphQLError): GraphQLErrorOptions {
  return { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null, path: path ?? null };
}

function isPublic(error: unknown): error is GraphQLError {
  if (!(error instanceof GraphQLError) || !(rootCause(error) instanceof GraphQLError)) return false;
  const { code } = error.extensions;
  return typeof code === 'string' && code !== 'INTERNAL_SERVER_ERROR' && Object.hasOwn(STATUS, code);
}

function rootCause(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? rootCause(error.originalError) : error;
}

/** Errors about results point at fields; those about an argument, which variables made invalid, point at its value. */
function isAboutArgument(error: GraphQLError): boolean {
  const node = error.nodes?.[0];
  return node !== undefined && isValueNode(node) && rootCause(error) instanceof GraphQLError;
}

/**
 * An error about the value of an argument, which only the variables made invalid. The executor prints the value, with all that the
 * client put beside the variables; here the variables in it are named.
 */
export function asBadArgument(error: GraphQLError): GraphQLError {
  const names = [...new Set((error.nodes ?? []).flatMap(variablesIn))].map((name) => `"$${name}"`);
  const given = names.length > 0 ? `the value given for ${names.join(' or ')}` : 'the variables given';
  return new GraphQLError(`The value of this argument is not valid with ${given}.`, {
    ...placeOf(error),
    extensions: { code: 'BAD_USER_INPUT' },
  });
}

function variablesIn(node: ASTNode): string[] {
  const names: string[] = [];
  visit(node, { Variable: ({ name }) => void names.push(name.value) });
  return names;
}
