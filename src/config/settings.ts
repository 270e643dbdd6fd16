import { z } from 'zod';
import { LOG_LEVELS } from '../log.js';
import { baseUrl, bearerToken, flag, matching, oneOf, origins, redisUrl, wholeNumber } from './checks.js';

/** The default of STATUS_INTERVAL_MS. */
export const STATUS_INTERVAL_MS = 10_000;
/** The default of STATUS_INTERVAL_MS on the sandbox. */
export const SANDBOX_STATUS_INTERVAL_MS = 2000;

const HOST = /^[0-9a-z.:-]+$/i;
/** The pattern by which the manage API checks ids in paths; `.` and `..` would change the path. */
const RESOURCE_ID = /^(?!\.{1,2}$)[a-zA-Z0-9\-_.]{1,255}$/;
const HEADER_VALUE = /^[\x21-\x7e]+$/;

/**
 * Every variable that the gateway reads: name, check, default and meaning, in the order of `--help` and `docs/configuration.md`.
 * `meta` also takes `shownDefault`, if the default depends on other settings, and `mayBeEmpty`, if an empty value is not an error.
 */
export const TABLE = z.object({
  HOST: matching(HOST, 'an address or host name, without port').default('127.0.0.1').describe('Address to listen on.'),
  PORT: wholeNumber(0, 65_535).default(4000).describe('Port to listen on; 0 picks a free one.'),
  PUBLIC_URL: baseUrl()
    .optional()
    .describe('Address at which browsers reach the gateway, if a reverse proxy changes `Host`; without `/graphql`.'),
  TRUST_PROXY: flag()
    .default(false)
    .describe('Also accept the host name in `Forwarded` and `X-Forwarded-Host`, which a reverse proxy sets.'),
  SANDBOX: flag().optional().meta({
    shownDefault: 'see meaning',
    description:
      'Serve embedded upstreams with sample data. If not set: true when HOST is loopback and no INKEEP_*, KATAVEN_*, PUBLIC_URL or REDIS_URL is set.',
  }),
  INKEEP_URL: baseUrl()
    .optional()
    .describe('Everything before `/tenants`, e.g. `https://api.pilot.inkeep.com/manage`.'),
  INKEEP_TENANT_ID: matching(RESOURCE_ID, 'letters, digits and -_. only, at most 255')
    .optional()
    .describe('Tenant of operations that do not pass `tenantId`.'),
  INKEEP_TOKEN: bearerToken()
    .optional()
    .describe('Bearer token for callers without a credential, if ANONYMOUS_USES_TOKENS is true.'),
  KATAVEN_URL: baseUrl()
    .optional()
    .describe('Everything before `/agents` and `/tools`, e.g. `https://api.kataven.ai/v1`.'),
  KATAVEN_TOKEN: bearerToken()
    .optional()
    .describe('Bearer token for callers without a credential, if ANONYMOUS_USES_TOKENS is true.'),
  KATAVEN_ACCOUNT_ID: matching(HEADER_VALUE, 'printable ASCII without spaces')
    .optional()
    .describe('Account sent with KATAVEN_TOKEN, as `X-Account-ID`.'),
  ANONYMOUS_USES_TOKENS: flag()
    .default(false)
    .describe('Callers without a credential use INKEEP_TOKEN and KATAVEN_TOKEN.'),
  // The three proxy variables are checked in proxy.ts, if an upstream is called through them.
  HTTPS_PROXY: z.string().optional().meta({
    mayBeEmpty: true,
    description:
      'Proxy for upstreams with an https address, e.g. `http://proxy.example.com:3128`; also read from `https_proxy`. Without it, HTTP_PROXY is used.',
  }),
  HTTP_PROXY: z
    .string()
    .optional()
    .meta({ mayBeEmpty: true, description: 'Proxy for upstreams with an http address; also read from `http_proxy`.' }),
  NO_PROXY: z.string().optional().meta({
    mayBeEmpty: true,
    description:
      'Comma-separated hosts, subdomains included, that are called without a proxy, e.g. `localhost,.example.com`; `*` for all. Also read from `no_proxy`.',
  }),
  STATUS_INTERVAL_MS: wholeNumber(500, 3_600_000)
    .optional()
    .meta({
      shownDefault: `${STATUS_INTERVAL_MS} (sandbox ${SANDBOX_STATUS_INTERVAL_MS})`,
      description: 'Milliseconds between two polls of a watched tool, 500 to 3600000.',
    }),
  REDIS_URL: redisUrl().optional().describe('Share status polls between instances, e.g. `redis://localhost:6379`.'),
  CORS_ORIGINS: origins().default([]).meta({
    mayBeEmpty: true,
    description:
      'Comma-separated origins whose pages may call the gateway, e.g. `https://app.example.com`, or `https://*.example.com` for any one label; also applies to WebSocket upgrades from browsers.',
  }),
  GRAPHIQL: flag().default(true).describe('Serve GraphiQL to browsers at `/graphql`.'),
  INTROSPECTION: flag().default(true).describe('Answer introspection queries and serve `/schema.graphql`.'),
  COALESCE: flag().default(true).describe('Send identical concurrent reads of one caller only once.'),
  INKEEP_MAX_PROBES: wholeNumber(1, 1000)
    .default(16)
    .describe('Concurrent Inkeep calls that probe an MCP server, 1 to 1000.'),
  INKEEP_MAX_CALLS: wholeNumber(1, 1000).default(32).describe('Other concurrent Inkeep calls, 1 to 1000.'),
  MAX_UPSTREAM_CALLS: wholeNumber(1, 10_000)
    .default(100)
    .describe('Upstream calls that one operation may make, 1 to 10000.'),
  LOG_LEVEL: oneOf(LOG_LEVELS)
    .default('info')
    .describe(`One of ${LOG_LEVELS.join(', ')}.`),
});

/** One row of the table as `docs/configuration.md` and `--help` show it. `default` is text, '-' if there is none. */
export interface Setting {
  readonly name: string;
  readonly default: string;
  readonly meaning: string;
  readonly mayBeEmpty: boolean;
}

export const SETTINGS: readonly Setting[] = Object.entries(TABLE.shape).map(([name, check]) => {
  const { description = '', shownDefault, mayBeEmpty } = check.meta() ?? {};
  const value = check instanceof z.ZodDefault ? String(check.def.defaultValue) : '';
  return {
    name,
    default: String(shownDefault ?? (value || '-')),
    meaning: description,
    mayBeEmpty: mayBeEmpty === true,
  };
});
