import type { Config } from './config.js';
import { createLogger } from './log.js';
import { createMetrics } from './metrics.js';
import {
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamTimeout,
  UpstreamUnauthenticated,
  UpstreamUnavailable,
} from './upstream/http/errors.js';
import { paged } from './upstream/inkeep/list.js';
import { projectList } from './upstream/inkeep/project.js';
import { listAgents } from './upstream/kataven/agent.js';
import type { Operation } from './upstream/operation.js';
import { createUpstreams } from './upstream/upstreams.js';

/** A token for looking whether an upstream is there at all: its answer is a 401, which only an API gives. */
const NO_TOKEN = 'gateway-doctor';

/**
 * Checks the settings against the world, with one read per upstream, and says what to mend. Gives the exit code: 0 where all is
 * well. Needs no running gateway.
 */
export async function runDoctor(config: Config, print: (line: string) => void): Promise<number> {
  for (const warning of config.warnings) print(`warn  ${warning}`);
  if (config.sandbox) {
    print(
      'ok    Nothing is configured: `serve` runs on the embedded sandbox. Set INKEEP_URL or KATAVEN_URL for the real thing.',
    );
    return 0;
  }
  const upstreams = createUpstreams({
    inkeep: config.inkeep && { url: config.inkeep.url, anonymousToken: config.inkeep.token ?? NO_TOKEN },
    kataven: config.kataven && {
      url: config.kataven.url,
      anonymousToken: config.kataven.token ?? NO_TOKEN,
      anonymousAccountId: config.kataven.accountId,
    },
    inkeepMaxProbes: 1,
    inkeepMaxCalls: 1,
    maxCallsPerOperation: 2,
    coalesce: false,
    log: createLogger('silent'),
    metrics: createMetrics(),
  });
  const operation = upstreams.begin(() => undefined);
  const results = [
    config.inkeep &&
      (await check('INKEEP', config.inkeep.token !== undefined, () => readInkeep(operation, config.inkeep?.tenantId))),
    config.kataven && (await check('KATAVEN', config.kataven.token !== undefined, () => listAgents(operation).rows)),
  ].filter((result) => result !== undefined);
  await upstreams.close();
  for (const { isWell, line } of results) print(`${isWell ? 'ok   ' : 'FAIL '} ${line}`);
  return results.every(({ isWell }) => isWell) ? 0 : 1;
}

function readInkeep(operation: Operation, tenantId = 'default'): Promise<unknown> {
  return paged(operation, projectList(tenantId)).readPage(1, 1).page;
}

async function check(name: 'INKEEP' | 'KATAVEN', hasToken: boolean, read: () => Promise<unknown>) {
  try {
    await read();
    return { isWell: true, line: `${name}_URL answers, and accepts ${name}_TOKEN.` };
  } catch (error) {
    if (error instanceof UpstreamUnauthenticated && !hasToken) {
      return { isWell: true, line: `${name}_URL answers and asks for a credential. Set ${name}_TOKEN to check one.` };
    }
    return { isWell: false, line: advice(name, error) };
  }
}

function advice(name: 'INKEEP' | 'KATAVEN', error: unknown): string {
  if (error instanceof UpstreamUnauthenticated)
    return `${name}_TOKEN is not accepted. Make a new one, or check that it is whole.`;
  if (error instanceof UpstreamForbidden) return `${name}_TOKEN is accepted, but not for this tenant or account.`;
  if (error instanceof UpstreamNotFound)
    return `${name}_URL answers 404: it must hold everything before the resources, and no more.`;
  if (error instanceof UpstreamRateLimited) return `${name}_URL answers that it is asked too often. Try again later.`;
  if (error instanceof UpstreamTimeout)
    return `${name}_URL does not answer in time. Check the address and the network.`;
  if (error instanceof UpstreamUnavailable) {
    return error.call.status === undefined
      ? `${name}_URL cannot be reached: is the address right, and is there a way to it from here?`
      : `${name}_URL fails with status ${error.call.status}.`;
  }
  return `${name}_URL does not answer like this API. Is it the right address?`;
}
