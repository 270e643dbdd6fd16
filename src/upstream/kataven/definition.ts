import {
  type AnonymousCredential,
  type CredentialProblem,
  callerOf,
  type HeaderReader,
  readBearer,
  VISIBLE_ASCII,
} from '../caller.js';
import type { Caller } from '../client/call.js';
import type { UpstreamDefinition } from '../definition.js';
import { listAgents } from './agent.js';

/** The Kataven API. Its callers send a token in `X-Kataven-Authorization` or `Authorization`, and an account if it needs one. */
export const KATAVEN: UpstreamDefinition = {
  label: 'Kataven',
  prefix: 'KATAVEN',
  address: 'everything before `/agents` and `/tools`, such as https://api.kataven.ai/v1',
  tokenExample: 'sk_live_…',
  lanes: (limits) => ({ plain: { max: limits.katavenMaxCalls, deadlineMs: limits.plainDeadlineMs } }),
  // A token without an account belongs to one.
  accountOf: ({ headers, identity }) => headers['x-account-id'] ?? identity,
  headers: ['authorization', 'x-kataven-authorization', 'x-account-id'],
  claimsAuthorization,
  readCaller,
  doctor: {
    read: (operation) => listAgents(operation).rows,
    forbidden: () => 'this account: check KATAVEN_ACCOUNT_ID.',
    rejected: 'A token that does not start with `sk_live_` needs KATAVEN_ACCOUNT_ID.',
  },
};

/** A key in `Authorization` is never sent to another upstream. Tokens are opaque otherwise, so the account decides. */
function claimsAuthorization(header: HeaderReader): boolean {
  const isKey = /^bearer\s+sk_live_/i.test(header('authorization') ?? '');
  return isKey || (header('x-account-id') !== undefined && header('x-kataven-authorization') === undefined);
}

function readCaller(
  authorization: string | undefined,
  header: HeaderReader,
  { anonymousToken, anonymousAccountId }: AnonymousCredential,
): Caller | CredentialProblem {
  const accountId = header('x-account-id');
  if (accountId !== undefined && !VISIBLE_ASCII.test(accountId)) {
    return { problem: 'malformed', header: 'X-Account-ID' };
  }
  const own = header('x-kataven-authorization');
  const value = own ?? authorization;
  if (value === undefined) {
    if (anonymousToken === undefined) return { problem: 'missing', header: 'X-Kataven-Authorization' };
    // The account belongs to the token: a client must not choose where the operator's token is used.
    return kataven(`Bearer ${anonymousToken}`, anonymousAccountId);
  }
  const bearer = readBearer(value);
  if (bearer !== undefined) return kataven(bearer, accountId);
  return { problem: 'scheme', header: own === undefined ? 'Authorization' : 'X-Kataven-Authorization' };
}

function kataven(authorization: string, accountId: string | undefined): Caller {
  return callerOf('kataven', { authorization, ...(accountId === undefined ? {} : { 'x-account-id': accountId }) });
}
