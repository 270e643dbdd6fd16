import { randomUUID } from 'node:crypto';
import type { Config } from '../../config/load-config.js';
import { createLogger } from '../../log.js';
import { createMetrics } from '../../metrics.js';
import { isForwarded } from '../../upstream/client/proxy.js';
import {
  UpstreamError,
  UpstreamForbidden,
  UpstreamRejected,
  UpstreamUnauthenticated,
} from '../../upstream/client/upstream-errors.js';
import { paged } from '../../upstream/inkeep/list.js';
import { projectList } from '../../upstream/inkeep/project.js';
import { listAgents } from '../../upstream/kataven/agent.js';
import type { Operation } from '../../upstream/operation.js';
import { createUpstreams, type Upstreams } from '../../upstream/upstreams.js';
import { advice, type Subject } from './advice.js';
import { type Finding, fail, ok, warn } from './finding.js';

/** Sent if no token is set: an API answers it with 401, and a server that is not the API does not. */
const NO_TOKEN = 'gateway-doctor';

/** Checks each configured upstream with one read, with its token if there is one. */
export async function checkUpstreams(config: Config): Promise<Finding[]> {
  const { inkeep, kataven } = config;
  const upstreams = connect(config);
  const operation = upstreams.begin(() => undefined, { requestId: randomUUID() });
  const tenant = { id: inkeep?.tenantId ?? 'default', isSet: inkeep?.tenantId !== undefined };
  const isUsedForOthers = config.anonymousUsesTokens;
  try {
    const findings = await Promise.all([
      inkeep && check({ name: 'INKEEP', ...inkeep, tenant, isUsedForOthers }, () => readInkeep(operation, tenant.id)),
      kataven && check({ name: 'KATAVEN', ...kataven, isUsedForOthers }, () => listAgents(operation).rows),
    ]);
    return [...findings.filter((finding) => finding !== undefined), ...(inkeep && !tenant.isSet ? [NO_TENANT] : [])];
  } finally {
    await upstreams.close();
  }
}

/** The upstreams as `serve` would call them, except that the operation acts with the configured tokens in any case. */
function connect({ inkeep, kataven }: Config): Upstreams {
  return createUpstreams({
    inkeep: inkeep && { url: inkeep.url, proxy: inkeep.proxy, anonymousToken: inkeep.token ?? NO_TOKEN },
    kataven: kataven && {
      url: kataven.url,
      proxy: kataven.proxy,
      anonymousToken: kataven.token ?? NO_TOKEN,
      anonymousAccountId: kataven.accountId,
    },
    inkeepMaxProbes: 1,
    inkeepMaxCalls: 1,
    maxCallsPerOperation: 2,
    coalesce: false,
    log: createLogger('silent'),
    metrics: createMetrics(),
  });
}

const NO_TENANT = warn(
  'INKEEP_TENANT_ID is not set: every operation must name its tenant. This check used tenant "default".',
);

function readInkeep(operation: Operation, tenantId: string): Promise<unknown> {
  return paged(operation, projectList(tenantId)).readPage(1, 1).page;
}

async function check(subject: Subject, read: () => Promise<unknown>): Promise<Finding> {
  const { name, url, proxy, token, isUsedForOthers } = subject;
  const address = `${name}_URL ${url}${proxy ? ` (through ${proxy.variable} ${proxy.url})` : ''}`;
  try {
    await read();
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (error instanceof UpstreamForbidden && proxy && isForwarded(url, proxy.url)) {
      return fail(`${address} returns 403, from the proxy or from the upstream. Check that both allow the request.`);
    }
    if (token !== undefined || !asksForCredential(error)) return fail(`${address} ${advice(subject, error)}`);
  }
  if (token === undefined) return ok(`${address} answers. Set ${name}_TOKEN to check a credential too.`);
  return ok(`${address} answers, and accepts ${name}_TOKEN.${isUsedForOthers ? '' : NOT_USED}`);
}

const NOT_USED =
  ' `serve` does not use it for callers without a credential, because ANONYMOUS_USES_TOKENS is not true.';

/** Kataven returns 400 for a token that is not a key, before it checks whether the token is valid. */
function asksForCredential(error: UpstreamError): boolean {
  return error instanceof UpstreamUnauthenticated || (error instanceof UpstreamRejected && error.call.status === 400);
}
