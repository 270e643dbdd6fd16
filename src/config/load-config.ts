import type { LogLevel } from '../log.js';
import { type Environment, isSet } from './environment.js';
import { ConfigError, type ConfigProblem } from './problems.js';
import { findProxy, type ProxyServer } from './proxy.js';
import { readSettings, type Settings } from './read-settings.js';
import { decideSandbox } from './sandbox.js';
import { SANDBOX_STATUS_INTERVAL_MS, STATUS_INTERVAL_MS } from './settings.js';
import { unusedSettings } from './unused.js';

export type { Environment } from './environment.js';
export { ConfigError } from './problems.js';
export type { ProxyServer } from './proxy.js';
export { SETTINGS } from './settings.js';

/** Everything an operator can set, parsed and deeply frozen. A member is absent if its variable is not set and has no default. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Where browsers reach the gateway, if `Host` does not say it. Without a trailing slash. */
  readonly publicUrl?: string;
  /** Whether to trust `Forwarded` and `X-Forwarded-*`, because a reverse proxy sets them. */
  readonly trustProxy: boolean;
  /** Serve both upstreams inside the process, with sample data; `inkeep` and `kataven` are then absent. */
  readonly sandbox: boolean;
  readonly inkeep?: {
    readonly url: string;
    readonly proxy?: ProxyServer;
    readonly tenantId?: string;
    readonly token?: string;
  };
  readonly kataven?: {
    readonly url: string;
    readonly proxy?: ProxyServer;
    readonly token?: string;
    readonly accountId?: string;
  };
  readonly anonymousUsesTokens: boolean;
  readonly statusIntervalMs: number;
  readonly redisUrl?: string;
  /** As browsers send them in `Origin`: lower case, without a default port. The first label may be `*`. */
  readonly corsOrigins: readonly string[];
  readonly graphiql: boolean;
  readonly introspection: boolean;
  readonly coalesce: boolean;
  readonly inkeepMaxProbes: number;
  readonly inkeepMaxCalls: number;
  readonly maxUpstreamCalls: number;
  readonly logLevel: LogLevel;
  /** Variables that are set and have no effect, one sentence each. Names only, never values. */
  readonly warnings: readonly string[];
}

/**
 * The configuration in an environment. Pure: it reads and changes nothing else.
 * Throws `ConfigError` with all problems at once; its message contains no secret.
 */
export function loadConfig(env: Environment): Config {
  const { settings, problems } = readSettings(env);
  const { sandbox, problems: sandboxProblems } = decideSandbox(env, settings);
  const { upstreams, problems: proxyProblems } = readUpstreams(env, settings, sandbox);
  const all = [...problems, ...sandboxProblems, ...proxyProblems, ...checkTokens(env, settings)];
  if (all.length > 0) throw new ConfigError(all);
  const { ANONYMOUS_USES_TOKENS: anonymousUsesTokens } = settings;
  return deepFreeze({
    host: settings.HOST,
    port: settings.PORT,
    ...defined({ publicUrl: settings.PUBLIC_URL }),
    trustProxy: settings.TRUST_PROXY,
    sandbox,
    ...upstreams,
    anonymousUsesTokens,
    statusIntervalMs: settings.STATUS_INTERVAL_MS ?? (sandbox ? SANDBOX_STATUS_INTERVAL_MS : STATUS_INTERVAL_MS),
    ...defined({ redisUrl: settings.REDIS_URL }),
    corsOrigins: settings.CORS_ORIGINS,
    graphiql: settings.GRAPHIQL,
    introspection: settings.INTROSPECTION,
    coalesce: settings.COALESCE,
    inkeepMaxProbes: settings.INKEEP_MAX_PROBES,
    inkeepMaxCalls: settings.INKEEP_MAX_CALLS,
    maxUpstreamCalls: settings.MAX_UPSTREAM_CALLS,
    logLevel: settings.LOG_LEVEL,
    warnings: unusedSettings(env, { sandbox, anonymousUsesTokens }),
  });
}

function readUpstreams(env: Environment, settings: Settings, sandbox: boolean) {
  if (sandbox) return { upstreams: {}, problems: [] };
  const inkeep = readAddress(env, settings.INKEEP_URL);
  const kataven = readAddress(env, settings.KATAVEN_URL);
  const { INKEEP_TENANT_ID: tenantId, KATAVEN_ACCOUNT_ID: accountId } = settings;
  return {
    upstreams: {
      ...(inkeep.address && {
        inkeep: { ...inkeep.address, ...defined({ tenantId, token: settings.INKEEP_TOKEN }) },
      }),
      ...(kataven.address && {
        kataven: { ...kataven.address, ...defined({ token: settings.KATAVEN_TOKEN, accountId }) },
      }),
    },
    problems: [...inkeep.problems, ...kataven.problems],
  };
}

function readAddress(env: Environment, url: string | undefined) {
  if (url === undefined) return { problems: [] };
  const { proxy, problems } = findProxy(env, url);
  return { address: { url, ...(proxy && { proxy }) }, problems };
}

function checkTokens(env: Environment, { ANONYMOUS_USES_TOKENS: isOn }: Settings): ConfigProblem[] {
  if (!isOn || isSet(env, 'INKEEP_TOKEN') || isSet(env, 'KATAVEN_TOKEN')) return [];
  const expected = 'INKEEP_TOKEN or KATAVEN_TOKEN to be set too';
  return [{ variable: 'ANONYMOUS_USES_TOKENS', received: '"true"', expected }];
}

/** The object without its undefined values. */
function defined<Values extends Record<string, string | undefined>>(
  values: Values,
): { [Key in keyof Values]?: string } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Values]?: string;
  };
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
