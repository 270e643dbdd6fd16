import type { MiddlewareHandler } from 'hono';
import type { SandboxEnv } from '../env.js';
import { Failure } from './failures.js';

export interface KatavenEnv extends SandboxEnv {
  Variables: SandboxEnv['Variables'] & { account: string };
}

const SLUG = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/**
 * Accepts every bearer except `expired` (401) and `forbidden` (403). A key (`sk_live_…`) names its account, any other
 * token needs `X-Account-ID`. The account `kataven-admin` is reserved (403), and `unknown` is one without a
 * database (400); all others share the sandbox's data, but not their limits.
 */
export const authenticate: MiddlewareHandler<KatavenEnv> = async (c, next) => {
  const token = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1];
  if (token === undefined) throw new Failure(401, 'missing bearer token');
  if (token === 'expired') throw new Failure(401, 'invalid bearer token');
  if (token === 'forbidden') throw new Failure(403, 'forbidden');
  c.set('account', accountOf(token, c.req.header('x-account-id')));
  await next();
};

// The slug may contain "_", so it cannot be extracted from a key. The whole key identifies the account.
function accountOf(token: string, slug: string | undefined): string {
  if (slug === undefined) {
    if (token.startsWith('sk_live_')) return token;
    throw new Failure(400, 'X-Account-ID header is required');
  }
  if (slug === 'kataven-admin') throw new Failure(403, 'account is reserved');
  if (!SLUG.test(slug) || slug === 'unknown') throw new Failure(400, 'Invalid account');
  return slug;
}
