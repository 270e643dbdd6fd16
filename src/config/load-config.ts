import { LOG_LEVELS, type LogLevel } from '../log.js';
import { isSetting, misspeltSetting, namesUpstream, nearSetting } from './near-names.js';
import { ConfigError } from './problems.js';
import { type ProxyServer, readProxy } from './proxy.js';
import { DEFAULTS, SETTINGS } from './settings.js';
import { unusedSettings } from './unused.js';
import { type Environment, Variables } from './variables.js';

export { ConfigError } from './problems.js';
export type { ProxyServer } from './proxy.js';
export { SETTINGS } from './settings.js';
export type { Environment } from './variables.js';

/** Everything an operator can set, parsed and deeply frozen. Absent where a variable is not set and has no default. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Where browsers reach the gateway, without a trailing slash, if not where `Host` says. */
  readonly publicUrl?: string;
  /** Whether `Forwarded` and `X-Forwarded-*` are those of a proxy in front. */
  readonly trustProxy: boolean;
  /** Serve both upstreams from inside the process, with sample data; `inkeep` and `kataven` are then absent. */
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
  /** For the operator, once, at the start: what is set and has no effect. Names only, never values. */
  readonly warnings: readonly string[];
}

/**
 * The configuration in an environment. Pure: reads nothing else, changes nothing.
 * Throws `ConfigError` with all problems at once; no secret is in its message.
 */
export function loadConfig(env: Environment): Config {
  const variables = new Variables(env);
  variables.rejectEmpty(SETTINGS.map(({ name }) => name).filter((name) => !MAY_BE_EMPTY.includes(name)));
  const host = variables.matching('HOST', HOST, 'an address or host name, without port') ?? DEFAULTS.host;
  const sandbox = readSandbox(variables, host);
  const anonymousUsesTokens = readAnonymousUsesTokens(variables);
  const config: Config = {
    host,
    port: variables.integer('PORT', DEFAULTS.port, 0, 65_535),
    ...defined({ publicUrl: variables.baseUrl('PUBLIC_URL') }),
    trustProxy: variables.boolean('TRUST_PROXY', DEFAULTS.trustProxy),
    sandbox,
    ...readUpstreams(variables, sandbox),
    anonymousUsesTokens,
    statusIntervalMs: variables.integer('STATUS_INTERVAL_MS', defaultStatusIntervalMs(sandbox), 500, 3_600_000),
    ...defined({ redisUrl: variables.redisUrl('REDIS_URL') }),
    corsOrigins: variables.origins('CORS_ORIGINS'),
    graphiql: variables.boolean('GRAPHIQL', DEFAULTS.graphiql),
    introspection: variables.boolean('INTROSPECTION', DEFAULTS.introspection),
    coalesce: variables.boolean('COALESCE', DEFAULTS.coalesce),
    inkeepMaxProbes: variables.integer('INKEEP_MAX_PROBES', DEFAULTS.inkeepMaxProbes, 1, 1000),
    inkeepMaxCalls: variables.integer('INKEEP_MAX_CALLS', DEFAULTS.inkeepMaxCalls, 1, 1000),
    maxUpstreamCalls: variables.integer('MAX_UPSTREAM_CALLS', DEFAULTS.maxUpstreamCalls, 1, 10_000),
    logLevel: variables.oneOf('LOG_LEVEL', DEFAULTS.logLevel, LOG_LEVELS),
    warnings: unusedSettings(variables, { sandbox, anonymousUsesTokens }),
  };
  if (variables.problems.length > 0) throw new ConfigError(variables.problems);
  return deepFreeze(config);
}

/** Lists, which then list nothing, and what other programs read too, where empty means unset. */
const MAY_BE_EMPTY = ['CORS_ORIGINS', 'HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'];
const HOST = /^[0-9a-z.:-]+$/i;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;
/** The pattern by which the manage API checks ids in paths; `.` and `..` would change the path. */
const RESOURCE_ID = /^(?!\.{1,2}$)[a-zA-Z0-9\-_.]{1,255}$/;
const HEADER_VALUE = /^[\x21-\x7e]+$/;

/** A production instance that lost its settings must not serve sample data: where anything looks like one, no start. */
function readSandbox(variables: Variables, host: string): boolean {
  const wanted = variables.boolean('SANDBOX', undefined);
  const urls = ['INKEEP_URL', 'KATAVEN_URL'].filter((name) => variables.has(name));
  if (urls.length > 0) {
    if (wanted) variables.reject('SANDBOX', `no sandbox, as ${urls.join(' and ')} says what to serve`);
    return wanted === true;
  }
  if (wanted === true) return true;
  const reasons = wanted === false ? ['SANDBOX is false'] : signsOfProduction(variables, host);
  if (reasons.length > 0) {
    variables.reject('INKEEP_URL', `an address here or in KATAVEN_URL, as ${reasons.join(' and ')} (or SANDBOX=true)`);
  }
  return reasons.length === 0;
}

function signsOfProduction(variables: Variables, host: string): string[] {
  const names = variables.names().filter((name) => isSignOfProduction(name, variables));
  return [...(LOOPBACK.test(host) ? [] : ['HOST is not loopback']), ...names.map(describeSign)];
}

/** Misspelt names count: they are settings that were lost. Empty settings have been rejected. */
function isSignOfProduction(name: string, variables: Variables): boolean {
  if (isSetting(name)) return FOR_PRODUCTION.test(name) && !variables.isEmpty(name);
  return namesUpstream(name) || /^(SANDBOX|REDIS_URL|PUBLIC_URL)$/.test(misspeltSetting(name) ?? '');
}

const FOR_PRODUCTION = /^(INKEEP_|KATAVEN_|(REDIS|PUBLIC)_URL$)/;

function describeSign(name: string): string {
  const near = nearSetting(name);
  return near === undefined ? `${name} is set` : `${name} (did you mean ${near}?) is set`;
}

function readUpstreams(variables: Variables, sandbox: boolean): Pick<Config, 'inkeep' | 'kataven'> {
  const inkeepUrl = variables.baseUrl('INKEEP_URL');
  const inkeep = defined({
    tenantId: variables.matching('INKEEP_TENANT_ID', RESOURCE_ID, 'letters, digits and -_. only, at most 255'),
    token: variables.token('INKEEP_TOKEN'),
  });
  const katavenUrl = variables.baseUrl('KATAVEN_URL');
  const kataven = defined({
    token: variables.token('KATAVEN_TOKEN'),
    accountId: variables.matching('KATAVEN_ACCOUNT_ID', HEADER_VALUE, 'printable ASCII without blanks'),
  });
  if (sandbox) return {};
  return {
    ...(inkeepUrl !== undefined && { inkeep: { ...addressOf(variables, inkeepUrl), ...inkeep } }),
    ...(katavenUrl !== undefined && { kataven: { ...addressOf(variables, katavenUrl), ...kataven } }),
  };
}

function addressOf(variables: Variables, url: string): { readonly url: string; readonly proxy?: ProxyServer } {
  const proxy = readProxy(variables, url);
  return proxy ? { url, proxy } : { url };
}

function readAnonymousUsesTokens(variables: Variables): boolean {
  const value = variables.boolean('ANONYMOUS_USES_TOKENS', DEFAULTS.anonymousUsesTokens);
  if (value && !variables.has('INKEEP_TOKEN') && !variables.has('KATAVEN_TOKEN')) {
    variables.reject('ANONYMOUS_USES_TOKENS', 'INKEEP_TOKEN or KATAVEN_TOKEN to be set along with it');
  }
  return value;
}

function defaultStatusIntervalMs(sandbox: boolean): number {
  return sandbox ? DEFAULTS.sandboxStatusIntervalMs : DEFAULTS.statusIntervalMs;
}

/** The object without the keys whose value is undefined, so that absent settings are absent. */
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
