import { LOG_LEVELS } from '../log.js';

/** One variable, for the README table and `--help`. `default` is text; '-' where there is none. */
export interface Setting {
  readonly name: string;
  readonly default: string;
  readonly meaning: string;
}

/** The only place that holds a default. Milliseconds where the name says so. */
export const DEFAULTS = {
  host: '127.0.0.1',
  port: 4000,
  trustProxy: false,
  anonymousUsesTokens: false,
  statusIntervalMs: 10_000,
  sandboxStatusIntervalMs: 2_000,
  graphiql: true,
  introspection: true,
  coalesce: true,
  inkeepMaxProbes: 16,
  inkeepMaxCalls: 32,
  maxUpstreamCalls: 100,
  logLevel: 'info',
} as const;

/** Every variable that is read, in the order in which the README and `--help` show them. */
export const SETTINGS: readonly Setting[] = [
  setting('HOST', DEFAULTS.host, 'Address to listen on.'),
  setting('PORT', DEFAULTS.port, 'Port to listen on; 0 takes a free one.'),
  setting(
    'PUBLIC_URL',
    '-',
    'Address by which browsers reach the gateway, if a proxy in front changes `Host`; without `/graphql`.',
  ),
  setting(
    'TRUST_PROXY',
    DEFAULTS.trustProxy,
    'Take the name of the gateway also from `Forwarded` and `X-Forwarded-Host`, as a proxy in front sets them.',
  ),
  setting(
    'SANDBOX',
    'see meaning',
    'Serve both upstreams from inside, with sample data. Without a value: true when HOST is loopback and no INKEEP_*, KATAVEN_*, PUBLIC_URL or REDIS_URL is set.',
  ),
  setting('INKEEP_URL', '-', 'Everything before `/tenants`, e.g. `https://api.pilot.inkeep.com/manage`.'),
  setting('INKEEP_TENANT_ID', '-', 'Tenant where an operation leaves `tenantId` out.'),
  setting('INKEEP_TOKEN', '-', 'Bearer token used for callers without one, if ANONYMOUS_USES_TOKENS is true.'),
  setting('KATAVEN_URL', '-', 'Everything before `/agents` and `/tools`, e.g. `https://api.kataven.ai/v1`.'),
  setting('KATAVEN_TOKEN', '-', 'Bearer token used for callers without one, if ANONYMOUS_USES_TOKENS is true.'),
  setting('KATAVEN_ACCOUNT_ID', '-', 'Account that is sent with KATAVEN_TOKEN, as `X-Account-ID`.'),
  setting(
    'ANONYMOUS_USES_TOKENS',
    DEFAULTS.anonymousUsesTokens,
    'Whoever reaches the gateway without a credential acts as INKEEP_TOKEN and KATAVEN_TOKEN.',
  ),
  setting(
    'HTTPS_PROXY',
    '-',
    'Proxy for upstreams at https addresses, e.g. `http://proxy.example.com:3128`; also as `https_proxy`. Without it, HTTP_PROXY.',
  ),
  setting('HTTP_PROXY', '-', 'Proxy for upstreams at http addresses; also as `http_proxy`.'),
  setting(
    'NO_PROXY',
    '-',
    'Comma-separated hosts that are called without a proxy, their subdomains too, e.g. `localhost,.example.com`; `*` for all. Also as `no_proxy`.',
  ),
  setting(
    'STATUS_INTERVAL_MS',
    `${DEFAULTS.statusIntervalMs} (sandbox ${DEFAULTS.sandboxStatusIntervalMs})`,
    'Milliseconds between two looks at a watched tool, 500 to 3600000.',
  ),
  setting('REDIS_URL', '-', 'Share status watches between instances, e.g. `redis://localhost:6379`.'),
  setting(
    'CORS_ORIGINS',
    '-',
    'Comma-separated origins whose pages may call, e.g. `https://app.example.com`, or `https://*.example.com` for any one label; also for WebSocket upgrades from browsers.',
  ),
  setting('GRAPHIQL', DEFAULTS.graphiql, 'Serve the explorer to browsers at `/graphql`.'),
  setting('INTROSPECTION', DEFAULTS.introspection, 'Answer introspection and serve `/schema.graphql`.'),
  setting('COALESCE', DEFAULTS.coalesce, 'Join identical reads in flight of the same caller.'),
  setting('INKEEP_MAX_PROBES', DEFAULTS.inkeepMaxProbes, 'Inkeep calls in flight that probe an MCP server, 1 to 1000.'),
  setting('INKEEP_MAX_CALLS', DEFAULTS.inkeepMaxCalls, 'Other Inkeep calls in flight, 1 to 1000.'),
  setting('MAX_UPSTREAM_CALLS', DEFAULTS.maxUpstreamCalls, 'Upstream calls one operation may cost, 1 to 10000.'),
  setting('LOG_LEVEL', DEFAULTS.logLevel, `One of ${LOG_LEVELS.join(', ')}.`),
];

function setting(name: string, value: string | number | boolean, meaning: string): Setting {
  return { name, default: String(value), meaning };
}
