import type { LogLevel } from '../log.js';
import { type Environment, isSet } from './environment.js';
import { readHosts } from './hosts.js';
import { ConfigError, type ConfigProblem } from './problems.js';
import { findProxy, type ProxyServer } from './proxy.js';
import { readSettings, type Settings } from './read-settings.js';
import { decideSandbox } from './sandbox.js';
import { SANDBOX_STATUS_INTERVAL_MS, STATUS_INTERVAL_MS } from './settings.js';
import { unknownSettings, unusedSettings } from './unused.js';
import { readLanes, TOKEN_SETTINGS, UPSTREAM_NAMES, UPSTREAM_SETTINGS, type UpstreamName } from './upstreams.js';

export type { Environment } from './environment.js';
export { ConfigError } from './problems.js';
export type { ProxyServer } from './proxy.js';
export { SETTINGS } from './settings.js';

/** A configured upstream. Each has only some of the optional members. */
export interface UpstreamConfig {
  readonly url: string;
  readonly proxy?: ProxyServer;
  readonly tenantId?: string;
  readonly token?: string;
  readonly accountId?: string;
  /** Polls live status for all callers. */
  readonly statusToken?: string;
}

/** Everything an operator can set, parsed and deeply frozen. A member is absent if its variable is not set and has no default. */
export interface Config extends Readonly<Partial<Record<UpstreamName, UpstreamConfig>>> {
  readonly host: string;
  readonly port: number;
  /** Where browsers reach the gateway, if a proxy changes `Host`. Without a trailing slash. */
  readonly publicUrl?: string;
  /** Whether to trust `Forwarded` and `X-Forwarded-*`, because a reverse proxy sets them. */
  readonly trustProxy: boolean;
  /** In lower case, without ports. The first label may be `*`. Loopback names are allowed too. If absent, any host is. */
  readonly allowedHosts?: readonly string[];
  /** Serve embedded upstreams with sample data. No upstream is then a member of this object. */
  readonly sandbox: boolean;
  readonly anonymousUsesTokens: boolean;
  readonly statusIntervalMs: number;
  readonly statusAccessMs: number;
  readonly redisUrl?: string;
  /** As browsers send them in `Origin`: lower case, without a default port. The first label may be `*`. */
  readonly corsOrigins: readonly string[];
  /** The path of the manifest of persisted operations. */
  readonly persistedOperations?: string;
  /** Execute no other operations. */
  readonly persistedOnly: boolean;
  readonly graphiql: boolean;
  readonly introspection: boolean;
  readonly coalesce: boolean;
  /** Calls at a time, by upstream, also of one that is not configured. Empty if it has no settings for them. */
  readonly lanes: Readonly<ReturnType<typeof readLanes>>;
  readonly maxUpstreamCalls: number;
  /** Open at a time by one address, and by one credential. */
  readonly maxWebSocketsPerClient: number;
  readonly maxSubscriptionsPerClient: number;
  /** Most upstream calls and probes that an operation may need, as its cost tells before it is executed. */
  readonly maxOperationCost?: number;
  /** Queries and mutations that take longer are logged at `warn`. */
  readonly slowOperationMs: number;
  readonly logLevel: LogLevel;
  /** What the operator should look at: variables that have no effect, and risks. One sentence each, without values. */
  readonly warnings: readonly string[];
}

/**
 * Returns the configuration in an environment. Pure: it reads and changes nothing else.
 * Throws `ConfigError` with all problems at once; its message contains no secret.
 */
export function loadConfig(env: Environment): Config {
  const { settings, problems } = readSettings(env);
  const { sandbox, problems: sandboxProblems } = decideSandbox(env, settings);
  const { upstreams, problems: proxyProblems } = readUpstreams(env, settings, sandbox);
  const all = [
    ...problems,
    ...sandboxProblems,
    ...proxyProblems,
    ...checkTokens(env, settings),
    ...checkPersisted(settings),
  ];
  const unknown = unknownSettings(env);
  if (all.length > 0) throw new ConfigError(all, unknown);
  const { ANONYMOUS_USES_TOKENS: anonymousUsesTokens } = settings;
  const { allowedHosts, warnings } = readHosts(settings);
  return deepFreeze({
    host: settings.HOST,
    port: settings.PORT,
    ...defined({ publicUrl: settings.PUBLIC_URL }),
    trustProxy: settings.TRUST_PROXY,
    ...(allowedHosts && { allowedHosts }),
    sandbox,
    ...upstreams,
    anonymousUsesTokens,
    statusIntervalMs: settings.STATUS_INTERVAL_MS ?? (sandbox ? SANDBOX_STATUS_INTERVAL_MS : STATUS_INTERVAL_MS),
    statusAccessMs: settings.STATUS_ACCESS_MS,
    ...defined({ redisUrl: settings.REDIS_URL }),
    corsOrigins: settings.CORS_ORIGINS,
    ...defined({ persistedOperations: settings.PERSISTED_OPERATIONS }),
    persistedOnly: settings.PERSISTED_ONLY,
    // GraphiQL sends documents, which are refused then.
    graphiql: settings.GRAPHIQL ?? !settings.PERSISTED_ONLY,
    introspection: settings.INTROSPECTION,
    coalesce: settings.COALESCE,
    lanes: readLanes(settings),
    maxUpstreamCalls: settings.MAX_UPSTREAM_CALLS,
    maxWebSocketsPerClient: settings.MAX_WEBSOCKETS_PER_CLIENT,
    maxSubscriptionsPerClient: settings.MAX_SUBSCRIPTIONS_PER_CLIENT,
    ...(settings.MAX_OPERATION_COST !== undefined && { maxOperationCost: settings.MAX_OPERATION_COST }),
    slowOperationMs: settings.SLOW_OPERATION_MS,
    logLevel: settings.LOG_LEVEL,
    warnings: [...unknown, ...unusedSettings(env, { sandbox, anonymousUsesTokens }), ...warnings],
  });
}

/** The configured upstreams, by name: none on the sandbox. */
function readUpstreams(env: Environment, settings: Settings, sandbox: boolean) {
  const upstreams: Partial<Record<UpstreamName, UpstreamConfig>> = {};
  const problems: ConfigProblem[] = [];
  for (const name of sandbox ? [] : UPSTREAM_NAMES) {
    const { url, ...others } = UPSTREAM_SETTINGS[name].read(settings);
    if (url === undefined) continue;
    const { proxy, problems: proxyProblems } = findProxy(env, url);
    problems.push(...proxyProblems);
    upstreams[name] = { url, ...(proxy && { proxy }), ...defined(others) };
  }
  return { upstreams, problems };
}

function checkTokens(env: Environment, { ANONYMOUS_USES_TOKENS: isOn }: Settings): ConfigProblem[] {
  if (!isOn || TOKEN_SETTINGS.some((name) => isSet(env, name))) return [];
  const expected = `${TOKEN_SETTINGS.join(' or ')} to be set too`;
  return [{ variable: 'ANONYMOUS_USES_TOKENS', received: '"true"', expected }];
}

function checkPersisted({ PERSISTED_ONLY: isOn, PERSISTED_OPERATIONS: path }: Settings): ConfigProblem[] {
  if (!isOn || path !== undefined) return [];
  return [{ variable: 'PERSISTED_ONLY', received: '"true"', expected: 'PERSISTED_OPERATIONS to be set too' }];
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
