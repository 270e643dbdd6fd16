import {
  type AnonymousCredential,
  type CredentialProblem,
  callerOf,
  HEADER_VALUE,
  type HeaderReader,
  readBearer,
} from '../caller.js';
import type { Caller } from '../client/call.js';
import type { UpstreamDefinition } from '../definition.js';
import { INKEEP_ID } from './keys.js';
import { paged } from './list.js';
import { projectList } from './project.js';

const FORWARDED_COOKIES = /^(?:__Secure-)?better-auth\./;
/** The tenant that the doctor reads if INKEEP_TENANT_ID is not set. */
const GUESSED_TENANT = 'default';

/** The Inkeep manage API. Its callers send a token in `Authorization`, or the cookies of a session. */
export const INKEEP: UpstreamDefinition = {
  label: 'Inkeep',
  prefix: 'INKEEP',
  address: 'everything before `/tenants`, such as https://api.pilot.inkeep.com/manage',
  tokenExample: '…',
  idPattern: INKEEP_ID,
  lanes: (limits, { maxCalls = limits.inkeepMaxCalls, maxProbes = limits.inkeepMaxProbes }) => ({
    plain: { max: maxCalls, deadlineMs: limits.plainDeadlineMs },
    probe: { max: maxProbes, deadlineMs: limits.probeDeadlineMs },
  }),
  headers: ['authorization', 'cookie', 'x-inkeep-ref'],
  readCaller,
  doctor: {
    read: (operation, tenantId = GUESSED_TENANT) => paged(operation, projectList(tenantId)).readPage(1, 1).page,
    forbidden: describeTenant,
    notFound: (tenantId) => `If it is, there is no ${describeTenant(tenantId)}`,
    warning: (tenantId) =>
      tenantId === undefined
        ? `INKEEP_TENANT_ID is not set: every operation must name its tenant. This check used tenant "${GUESSED_TENANT}".`
        : undefined,
  },
};

function describeTenant(tenantId: string | undefined): string {
  return tenantId === undefined
    ? `tenant "${GUESSED_TENANT}": set INKEEP_TENANT_ID.`
    : `tenant "${tenantId}": check INKEEP_TENANT_ID.`;
}

function readCaller(
  authorization: string | undefined,
  header: HeaderReader,
  { anonymousToken }: AnonymousCredential,
): Caller | CredentialProblem {
  const headers: Record<string, string> = {};
  if (authorization !== undefined) {
    const bearer = readBearer(authorization);
    if (bearer === undefined) return { problem: 'scheme', header: 'Authorization' };
    headers.authorization = bearer;
  }
  const cookie = sessionCookies(header('cookie'));
  if (cookie) headers.cookie = cookie;
  if (!headers.authorization && !headers.cookie) {
    if (anonymousToken === undefined) return { problem: 'missing', header: 'Authorization' };
    headers.authorization = `Bearer ${anonymousToken}`;
  }
  const ref = header('x-inkeep-ref');
  if (ref !== undefined && !HEADER_VALUE.test(ref)) return { problem: 'malformed', header: 'X-Inkeep-Ref' };
  return callerOf('inkeep', headers, ref === undefined ? {} : { 'x-inkeep-ref': ref });
}

/** The caller with this token under this ref. */
export function inkeepCaller(token: string, ref: string | undefined): Caller {
  return callerOf('inkeep', { authorization: `Bearer ${token}` }, ref === undefined ? {} : { 'x-inkeep-ref': ref });
}

function sessionCookies(cookie: string | undefined): string | undefined {
  const kept = cookie
    ?.split(';')
    .map((pair) => pair.trim())
    .filter((pair) => FORWARDED_COOKIES.test(pair) && HEADER_VALUE.test(pair));
  return kept?.length ? kept.join('; ') : undefined;
}
