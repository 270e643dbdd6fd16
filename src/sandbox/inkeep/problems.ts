import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

const PROBLEMS = {
  bad_request: [400, 'Bad Request'],
  unauthorized: [401, 'Unauthorized'],
  forbidden: [403, 'Forbidden'],
  not_found: [404, 'Not Found'],
  conflict: [409, 'Conflict'],
  unprocessable_entity: [422, 'Unprocessable Entity'],
  too_many_requests: [429, 'Too Many Requests'],
  internal_server_error: [500, 'Internal Server Error'],
  bad_gateway: [502, 'Bad Gateway'],
  service_unavailable: [503, 'Service Unavailable'],
} as const satisfies Record<string, readonly [ContentfulStatusCode, string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** An error response that the API makes itself. `extra` has additional members. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(code: ProblemCode, detail: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(detail);
    this.code = code;
    this.extra = extra;
  }
}

/** Input that a schema rejected. Its response is plain application/json with the issues as text. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

const UNEXPECTED = 'An internal server error occurred. Please try again later.';

/**
 * The response for an error that a route threw, mostly problem+json. Errors of the HTTP layer (a rejected bearer, malformed JSON) keep
 * their status but have the code of a server error. An unexpected error is a 500 without details. (observed)
 */
export function answerProblem(error: Error, c: Context): Response {
  if (error instanceof Problem) {
    const [status, title] = PROBLEMS[error.code];
    const { code, extra, message: detail } = error;
    return problem(c, { code, title, status, detail, ...extra, error: { code, message: detail } }, status);
  }
  if (error instanceof InvalidInput) {
    return c.json({ success: false, error: { name: 'ZodError', message: error.message } }, 400);
  }
  if (error instanceof HTTPException) {
    const detail = `Error processing request: ${error.message}`;
    return problem(c, serverError(error.status, detail, 'An internal server error occurred'), error.status);
  }
  return problem(c, serverError(500, UNEXPECTED, UNEXPECTED), 500);
}

/** The body that the API sends with this status, for a fault with a status. */
export function problemText(status: number): { contentType: string; body: string } {
  const known = Object.entries(PROBLEMS).find(([, [ofCode]]) => ofCode === status);
  const [code, title] = known ? [known[0], known[1][1]] : ['internal_server_error', 'Internal Server Error'];
  const detail = 'Caused by a fault of the sandbox';
  const body = { code, title, status, detail, error: { code, message: detail } };
  return { contentType: 'application/problem+json', body: JSON.stringify(body) };
}

function serverError(status: number, detail: string, message: string) {
  const code = 'internal_server_error';
  return { code, title: 'Internal Server Error', status, detail, error: { code, message } };
}

function problem(c: Context, body: Record<string, unknown>, status: ContentfulStatusCode): Response {
  return c.body(JSON.stringify(body), status, { 'content-type': 'application/problem+json' });
}
