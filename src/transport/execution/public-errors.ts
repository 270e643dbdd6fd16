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
import type { ErrorCode } from '../../graph/core/errors/error-codes.js';
import type { Exchange } from './exchange.js';
import type { ResultPart } from './result-parts.js';

/**
 * The error codes that clients can receive, with the HTTP status of a request that is refused before execution. An
 * error that arrives here with INTERNAL_SERVER_ERROR is masked like one without a code.
 */
const STATUS: Record<ErrorCode, number> = {
  BAD_USER_INPUT: 400,
  LIMIT_EXCEEDED: 400,
  // As in Apollo Server: clients read the code and send the query.
  PERSISTED_QUERY_NOT_FOUND: 200,
  PERSISTED_QUERY_NOT_SUPPORTED: 200,
  PERSISTED_QUERY_ONLY: 403,
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

/** Whether the gateway or an upstream is the cause of errors with this code, and not the client. */
export function isServerError(code: string): boolean {
  return STATUS[code as ErrorCode] >= 500;
}

/** Yoga's result processors read this and remove it. With `spec` the status is not used for plain `application/json`. */
export interface HttpExtensions {
  readonly status: number;
  readonly spec?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An error that the client caused. The message must not contain a value that the client sent. Without `http` the status is 400,
 * or 200 for clients that accept only `application/json`.
 */
export function badInput(
  message: string,
  at: { nodes?: GraphQLError['nodes']; http?: HttpExtensions } = {},
): GraphQLError {
  const extensions = { code: 'BAD_USER_INPUT' satisfies ErrorCode, ...(at.http && { http: at.http }) };
  return new GraphQLError(message, { nodes: at.nodes ?? null, extensions });
}

/** The error for a request with an id instead of a document, if none are registered. APQ clients know this message and code. */
export function persistedQueryNotSupported(): GraphQLError {
  return persistedQueryError('PERSISTED_QUERY_NOT_SUPPORTED', 'PersistedQueryNotSupported');
}

/** The error for an id that is not registered. APQ clients know this message and code. */
export function persistedQueryNotFound(): GraphQLError {
  return persistedQueryError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
}

/** The error for a document, if only registered operations are executed. */
export function persistedQueryOnly(): GraphQLError {
  const message = 'This gateway executes only persisted operations: send the id of one instead of a document.';
  return persistedQueryError('PERSISTED_QUERY_ONLY', message);
}

function persistedQueryError(code: ErrorCode & `PERSISTED_${string}`, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** A failure of the gateway. Its cause is only in the log, under the same request id. */
class InternalError extends GraphQLError {
  constructor(requestId: string, cause: unknown) {
    const place = cause instanceof GraphQLError ? placeOf(cause) : {};
    super('Unexpected error.', { ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } });
  }
}

/**
 * Makes errors safe for clients. An error with a documented code stays as it is. An invalid argument value that only execution
 * could find becomes BAD_USER_INPUT. Any other error is logged and becomes an `InternalError`, including a GraphQLError that
 * wraps an error of another class, whatever its code. The codes are added to the summary of the exchange.
 */
export function publicErrors(errors: readonly unknown[], exchange: Exchange): GraphQLError[] {
  const safe = errors.map((error) => publicError(error, exchange));
  for (const { extensions } of safe) exchange.summary.codes.add(String(extensions.code));
  return safe;
}

function publicError(error: unknown, { requestId, log }: Exchange): GraphQLError {
  if (error instanceof InternalError || isPublic(error)) return error;
  if (error instanceof GraphQLError && isAboutArgument(error)) return asBadArgument(error);
  log.error({ requestId, err: rootCause(error) }, 'operation failed');
  return new InternalError(requestId, error);
}

/** Why an operation was not executed. The errors are masked, and contain the HTTP status for Yoga's result processors. */
export interface Refusal {
  readonly errors: readonly GraphQLError[];
}

/** Refuses a request as a whole. Errors without an HTTP status get the status of their code. */
export function refusal(errors: readonly unknown[], exchange: Exchange): Refusal {
  return { errors: publicErrors(errors, exchange).map(withStatus) };
}

function withStatus(error: GraphQLError): GraphQLError {
  if (error.extensions.http !== undefined) return error;
  const http: HttpExtensions = { status: STATUS[error.extensions.code as ErrorCode], spec: true };
  return new GraphQLError(error.message, { ...placeOf(error), extensions: { ...error.extensions, http } });
}

/** Formats a masked result, or a part of one, for JSON, without the HTTP status of a refusal. */
export function formatResult(
  result: ExecutionResult & { incremental?: ResultPart['incremental'] },
): FormattedExecutionResult {
  if (!result.errors && !result.incremental) return result as FormattedExecutionResult;
  const { errors, ...rest } = result;
  const { incremental } = rest;
  return {
    ...(errors && { errors: errors.map(formatError) }),
    ...rest,
    ...(incremental && { incremental: incremental.map((part) => formatResult(part as ExecutionResult)) }),
  };
}

function formatError(error: GraphQLError): GraphQLFormattedError {
  const { extensions = {}, ...rest } = error.toJSON();
  const { http: _, ...shown } = extensions;
  return { ...rest, extensions: shown };
}

/** The place of an error in the document and in the result. */
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

/** Errors about results have a field as their node. An error about an argument that variables made invalid has its value. */
function isAboutArgument(error: GraphQLError): boolean {
  const node = error.nodes?.[0];
  return node !== undefined && isValueNode(node) && rootCause(error) instanceof GraphQLError;
}

/**
 * Replaces an error about an argument value that the variables made invalid. The executor's message prints the value with all
 * literals in it; this message only names the variables.
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
