import type { MiddlewareHandler } from 'hono';
import { getCookie } from 'hono/cookie';
import { HTTPException } from 'hono/http-exception';
import type { InkeepEnv } from './env.js';
import { Problem } from './problems.js';

const SESSION_COOKIES = ['better-auth.session_token', '__Secure-better-auth.session_token'];
const REFUSED_SESSIONS = new Set(['', 'abc.def', 'expired']);
const SESSION_TOKEN = /^session-/;

/**
 * Accepts every bearer except `expired` (401) and `forbidden` (403), and every session cookie except a malformed one.
 * A session names its user: the cookie value `ada` or `session-ada`, with or without a signature after a dot; the same
 * token is valid as a bearer. If both are sent, the bearer is used. The users `outsider` (403) and `member` (500, as if the
 * permission service is down) show the other responses of the upstream.
 */
export const authenticate: MiddlewareHandler<InkeepEnv> = async (c, next) => {
  const bearer = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1];
  const session = SESSION_COOKIES.map((name) => getCookie(c, name)).find((value) => value !== undefined);
  const userId = bearer === undefined ? userOfCookie(session) : userOfBearer(bearer);
  checkPermission(userId, c.req.path);
  c.set('caller', { userId });
  await next();
};

function userOfBearer(token: string): string {
  if (token === 'expired') throw new HTTPException(401, { message: 'Invalid Token' });
  if (token === 'forbidden') return 'outsider';
  return SESSION_TOKEN.test(token) ? userOf(token) : 'system';
}

function userOfCookie(session: string | undefined): string {
  if (session === undefined || REFUSED_SESSIONS.has(session)) {
    throw new Problem('unauthorized', 'Please log in to access this resource');
  }
  return userOf(session);
}

function userOf(token: string): string {
  return token.replace(SESSION_TOKEN, '').replace(/\..*$/, '');
}

function checkPermission(userId: string, path: string): void {
  if (userId === 'outsider') throw new Problem('forbidden', 'Access denied to this organization');
  if (userId === 'member') {
    throw new Problem('internal_server_error', 'An internal server error occurred. Please try again later.', {
      instance: path,
      internalError: '14 UNAVAILABLE: No connection established. Last error: connect ECONNREFUSED 10.0.0.7:50051',
    });
  }
}
