import { randomUUID } from 'node:crypto';
import { type Config, ConfigError, type Environment, loadConfig, type ProxyServer } from '../../config/load-config.js';
import { createLogger } from '../../log.js';
import { createMetrics } from '../../metrics.js';
import { isForwarded, ProxyRefused, ProxyUnreachable } from '../../upstream/client/proxy.js';
import {
  UpstreamBadResponse,
  UpstreamError,
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRejected,
  UpstreamTimeout,
  UpstreamUnauthenticated,
} from '../../upstream/client/upstream-errors.js';
import { paged } from '../../upstream/inkeep/list.js';
import { projectList } from '../../upstream/inkeep/project.js';
import { listAgents } from '../../upstream/kataven/agent.js';
import type { Operation } from '../../upstream/operation.js';
import { createUpstreams } from '../../upstream/upstreams.js';
import { type Finding, fail, ok, warn } from './finding.js';
import { checkAddress, checkRedis } from './surroundings.js';

type Name = 'INKEEP' | 'KATAVEN';

/** What the check of an upstream goes by. */
interface Reached {
  readonly url: string;
  readonly proxy?: ProxyServer;
  readonly token?: string;
}

interface Subject {
  readonly name: Name;
  readonly url: string;
  readonly proxy?: ProxyServer;
  readonly hasToken: boolean;
  /** Whether `serve` lets callers without a credential use the token. */
  readonly isLent: boolean;
  readonly tenant?: Tenant;
}

interface Tenant {
  readonly id: string;
  /** Whether it is the operator's, and not a guess of ours. */
  readonly isSet: boolean;
}

/** Shown where the operator gave no token: an API answers it with a 401, and nothing else does. */
const NO_TOKEN = 'gateway-doctor';

/** What each address must hold, so that the paths of the API can follow it. */
const ADDRESS: Record<Name, string> = {
  INKEEP: 'everything before `/tenants`, such as https://api.pilot.inkeep.com/manage',
  KATAVEN: 'everything before `/agents` and `/tools`, such as https://api.kataven.ai/v1',
};

/**
 * Checks what `serve` needs: Node, the settings, the address to listen on, each configured upstream with one read, and Redis.
 * Prints a line for each finding, with what to mend. Gives the exit code: 0 where nothing failed, 1 otherwise. Needs no running
 * gateway; never prints a token.
 */
export async function runDoctor(env: Environment, print: (line: string) => void): Promise<number> {
  const findings = [checkNode(process.versions.node), ...(await checkSettings(env))];
  for (const { level, text } of findings) print(`${level.padEnd(4)}  ${text}`);
  const failed = findings.filter(({ level }) => level === 'FAIL').length;
  print(failed === 0 ? 'All is well.' : `${failed} to mend.`);
  return failed === 0 ? 0 : 1;
}

/** Whether this version of Node, such as `20.20.2`, can run the gateway. */
export function checkNode(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) return fail(`Node ${version} is too old: 20.19 is the least.`);
  if ([20, 22, 24].includes(major)) return ok(`Node ${version}.`);
  return warn(`Node ${version} is not one the gateway is made for: 20, 22, 24.`);
}

async function checkSettings(env: Environment): Promise<Finding[]> {
  try {
    const config = loadConfig(env);
    const warnings = loadConfig(asBorrower(env, config)).warnings.map(warn);
    const upstreams = config.sandbox ? [SANDBOX] : await checkUpstreams(config);
    return [...warnings, ...upstreams, ...(await checkRedis(config)), ...(await checkAddress(config))];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ variable, received, expected }) =>
      fail(`${variable}: received ${received}, expected ${expected}.`),
    );
  }
}

/** The environment as if tokens were lent. This program uses them in any case: that `serve` would not is no reason to warn. */
function asBorrower(env: Environment, { inkeep, kataven }: Config): Environment {
  const hasToken = inkeep?.token !== undefined || kataven?.token !== undefined;
  return hasToken ? { ...env, ANONYMOUS_USES_TOKENS: 'true' } : env;
}

const SANDBOX = ok(
  'No upstream is configured: `serve` runs on the embedded sandbox. Set INKEEP_URL or KATAVEN_URL for the real thing.',
);

async function checkUpstreams({ inkeep, kataven, anonymousUsesTokens: isLent }: Config): Promise<Finding[]> {
  const upstreams = createUpstreams({
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
  const operation = upstreams.begin(() => undefined, { requestId: randomUUID() });
  const tenant = { id: inkeep?.tenantId ?? 'default', isSet: inkeep?.tenantId !== undefined };
  const subjectOf = (name: Name, { url, proxy, token }: Reached): Subject => {
    return {
      name,
      url,
      ...(proxy && { proxy }),
      hasToken: token !== undefined,
      isLent,
      ...(name === 'INKEEP' && { tenant }),
    };
  };
  try {
    const findings = await Promise.all([
      ...(inkeep ? [check(subjectOf('INKEEP', inkeep), () => readInkeep(operation, tenant.id))] : []),
      ...(kataven ? [check(subjectOf('KATAVEN', kataven), () => listAgents(operation).rows)] : []),
    ]);
    return [...findings, ...(inkeep && !tenant.isSet ? [NO_TENANT] : [])];
  } finally {
    await upstreams.close();
  }
}

const NO_TENANT = warn(
  'INKEEP_TENANT_ID is not set: every operation must name its tenant. Tenant "default" was asked for here.',
);

function readInkeep(operation: Operation, tenantId: string): Promise<unknown> {
  return paged(operation, projectList(tenantId)).readPage(1, 1).page;
}

async function check(subject: Subject, read: () => Promise<unknown>): Promise<Finding> {
  const { name, url, proxy, hasToken, isLent } = subject;
  const address = `${name}_URL ${url}${proxy ? ` (through ${proxy.variable} ${proxy.url})` : ''}`;
  try {
    await read();
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (error instanceof UpstreamForbidden && proxy && isForwarded(url, proxy.url)) {
      return fail(`${address} gets 403, from the proxy or from the upstream: does each of them allow this?`);
    }
    if (hasToken || !asksForCredential(error)) return fail(`${address} ${advice(subject, error)}`);
  }
  if (!hasToken) return ok(`${address} answers. Set ${name}_TOKEN to check a credential too.`);
  const use = isLent ? '' : ' `serve` lends it to nobody, as ANONYMOUS_USES_TOKENS is not true.';
  return ok(`${address} answers, and accepts ${name}_TOKEN.${use}`);
}

/** Kataven says 400 to a token that is no key, before it looks whether the token is any good. */
function asksForCredential(error: UpstreamError): boolean {
  return error instanceof UpstreamUnauthenticated || (error instanceof UpstreamRejected && error.call.status === 400);
}

function advice({ name, hasToken, tenant }: Subject, error: UpstreamError): string {
  const { status } = error.call;
  if (error instanceof UpstreamUnauthenticated) {
    return `does not accept ${name}_TOKEN. It may be of another place, cut short, or expired: make a new one.`;
  }
  if (error instanceof UpstreamForbidden) {
    if (!hasToken) return 'answers 403 before it has seen a credential: is this machine allowed to call it?';
    if (!tenant) return 'accepts KATAVEN_TOKEN, but not for this account: is KATAVEN_ACCOUNT_ID right?';
    const question = tenant.isSet ? 'is INKEEP_TENANT_ID right?' : 'set INKEEP_TENANT_ID.';
    return `accepts INKEEP_TOKEN, but not for tenant "${tenant.id}": ${question}`;
  }
  if (error instanceof UpstreamNotFound) {
    const setting = tenant?.isSet ? 'INKEEP_TENANT_ID' : 'set INKEEP_TENANT_ID';
    const missing = tenant ? `; or there is no tenant "${tenant.id}" (${setting})` : '';
    return `answers 404. It must hold ${ADDRESS[name]}, and no more${missing}.`;
  }
  if (error instanceof UpstreamRateLimited) return 'answers that it is asked too often. Try again later.';
  if (error instanceof UpstreamTimeout)
    return 'does not answer in time. Check the address, and the way to it from here.';
  if (error instanceof UpstreamBadResponse) return badAnswer(name, error);
  if (error instanceof UpstreamRejected) {
    const account = name === 'KATAVEN' ? ' A token that does not begin `sk_live_` needs KATAVEN_ACCOUNT_ID.' : '';
    return `refuses the request with ${status}.${account}`;
  }
  if (status !== undefined && status < 300) return `begins an answer with ${status} and breaks it off.`;
  return status === undefined ? unreachable(error) : `fails with ${status}. The trouble is on its side, or before it.`;
}

function badAnswer(name: Name, { problem, call: { status } }: UpstreamBadResponse): string {
  if (status !== undefined && status >= 300 && status < 400) {
    return `redirects with ${status}, which is not followed. Set the address it leads to.`;
  }
  return `does not answer like this API: the request ${problem}. It must hold ${ADDRESS[name]}.`;
}

function unreachable({ cause }: UpstreamError): string {
  if (cause instanceof ProxyRefused) return refusedByProxy(cause.status);
  if (cause instanceof ProxyUnreachable) return `cannot be reached: the proxy ${noConnection(cause.cause)}`;
  return noConnection(cause);
}

function refusedByProxy(status: number): string {
  if (status === 407)
    return 'cannot be reached: the proxy wants credentials, or other ones (407). They go before its host.';
  return `cannot be reached: the proxy refuses with ${status}. It may not allow this host or port, or not reach it; see NO_PROXY.`;
}

function noConnection(cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
  const reason = REASONS.find(([pattern]) => pattern.test(code))?.[1];
  return `cannot be reached (${code})${reason ? `: ${reason}` : ''}.`;
}

const REASONS: readonly [RegExp, string][] = [
  [/ENOTFOUND|EAI_AGAIN/, 'no host of that name is known here'],
  [/ECONNREFUSED/, 'nothing listens there'],
  [/TIMEOUT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/, 'there is no way to it from here, or a firewall in between'],
  // OpenSSL words what is no TLS differently from version to version.
  [/WRONG_VERSION_NUMBER|EPROTO|PACKET_LENGTH/, 'it does not speak TLS: http instead of https?'],
  [
    /CERT|ERR_TLS|LEAF_SIGNATURE/,
    'its certificate is not trusted here; NODE_EXTRA_CA_CERTS can name a file with its CA',
  ],
  [/ECONNRESET|UND_ERR_SOCKET/, 'it ends the connection at once: https instead of http?'],
];
