import { randomUUID } from 'node:crypto';
import type { Config } from '../../config/load-config.js';
import { createLogger } from '../../log.js';
import { createMetrics } from '../../metrics.js';
import {
  UpstreamError,
  UpstreamForbidden,
  UpstreamRejected,
  UpstreamUnauthenticated,
} from '../../upstream/client/errors/upstream-errors.js';
import { isForwarded } from '../../upstream/client/proxy.js';
import { forEachUpstream, SERVICES, UPSTREAMS } from '../../upstream/definitions.js';
import { INKEEP, inkeepCaller } from '../../upstream/inkeep/definition.js';
import type { Operation } from '../../upstream/operation.js';
import { createUpstreams, type Upstreams } from '../../upstream/upstreams.js';
import { advice, type Subject } from './advice.js';
import { type Finding, fail, ok, warn } from './finding.js';

/** Sent if no token is set: an API answers it with 401, and a server that is not the API does not. */
const NO_TOKEN = 'gateway-doctor';

/** Checks each configured upstream with one read, with its token if there is one. */
export async function checkUpstreams(config: Config): Promise<Finding[]> {
  const upstreams = connect(config);
  const operation = upstreams.begin(() => undefined, { requestId: randomUUID() });
  const subjects = SERVICES.flatMap((service) => {
    const configured = config[service];
    return configured ? [{ ...configured, upstream: UPSTREAMS[service] }] : [];
  });
  try {
    const findings = await Promise.all(
      subjects.map((subject) => check(subject, operation, config.anonymousUsesTokens)),
    );
    findings.push(...(await checkStatusToken(config, upstreams)));
    const warnings = subjects.map(({ upstream, tenantId }) => upstream.doctor.warning?.(tenantId));
    return [...findings, ...warnings.filter((text) => text !== undefined).map(warn)];
  } finally {
    await upstreams.close();
  }
}

/** The upstreams as `serve` would call them, except that the operation acts with the configured tokens in any case. */
function connect(config: Config): Upstreams {
  return createUpstreams({
    settings: forEachUpstream((service) => {
      const configured = config[service];
      if (!configured) return undefined;
      const { url, proxy, token = NO_TOKEN, accountId } = configured;
      return { url, proxy, anonymousToken: token, anonymousAccountId: accountId };
    }),
    maxCallsPerOperation: SERVICES.length,
    coalesce: false,
    log: createLogger('silent'),
    metrics: createMetrics(),
  });
}

/** `isLent`: `serve` uses the token for callers without a credential. */
async function check(subject: Subject, operation: Operation, isLent: boolean): Promise<Finding> {
  const { upstream, url, proxy, token, tenantId } = subject;
  const { prefix, doctor } = upstream;
  const address = `${prefix}_URL ${url}${proxy ? ` (through ${proxy.variable} ${proxy.url})` : ''}`;
  try {
    await doctor.read(operation, tenantId);
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error;
    if (error instanceof UpstreamForbidden && proxy && isForwarded(url, proxy.url)) {
      return fail(`${address} returns 403, from the proxy or from the upstream. Check that both allow the request.`);
    }
    if (token !== undefined || !asksForCredential(error)) return fail(`${address} ${advice(subject, error)}`);
  }
  if (token === undefined) return ok(`${address} answers. Set ${prefix}_TOKEN to check a credential too.`);
  return ok(`${address} answers, and accepts ${prefix}_TOKEN.${isLent ? '' : NOT_USED}`);
}

/** Checks the service credential of live status with the same read. No finding if that fails for a reason that `check` reports. */
async function checkStatusToken({ inkeep }: Config, upstreams: Upstreams): Promise<Finding[]> {
  if (inkeep?.statusToken === undefined) return [];
  const operation = upstreams.beginAs(inkeepCaller(inkeep.statusToken, undefined), { requestId: randomUUID() });
  try {
    await INKEEP.doctor.read(operation, inkeep.tenantId);
    return [ok('INKEEP_STATUS_TOKEN is accepted. Live status polls with it, once for all callers.')];
  } catch (error) {
    if (error instanceof UpstreamUnauthenticated) return [fail(`INKEEP_STATUS_TOKEN is rejected. ${OWN_TOKENS}`)];
    if (!(error instanceof UpstreamForbidden)) return [];
    return [fail(`INKEEP_STATUS_TOKEN is not allowed for ${INKEEP.doctor.forbidden(inkeep.tenantId)} ${OWN_TOKENS}`)];
  }
}

const OWN_TOKENS = 'Live status polls with the credential of each caller instead.';

const NOT_USED =
  ' `serve` does not use it for callers without a credential, because ANONYMOUS_USES_TOKENS is not true.';

/** Kataven returns 400 for a token that is not a key, before it checks whether the token is valid. */
function asksForCredential(error: UpstreamError): boolean {
  return error instanceof UpstreamUnauthenticated || (error instanceof UpstreamRejected && error.call.status === 400);
}
