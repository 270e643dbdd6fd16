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
 * Every variable that the gateway reads: name, check, default and meaning, in the order of `--help` and the README.
 * `meta` also takes `shownDefault`, if the default depends on other settings, and `mayBeEmpty`, if an empty value is not an error.
 */
export const TABLE = z.object({
  HOST: matching(HOST, 'an address or host name, without port').default('127.0.0.1').describe('Address to listen on.'),
  PORT: wholeNumber(0, 65_535).default(4000).describe('Port to listen on; 0 takes a free one.'),
  PUBLIC_URL: baseUrl()
    .optional()
    .describe('Address by which browsers reach the gateway, if a proxy in front changes `Host`; without `/graphql`.'),
  TRUST_PROXY: flag()
    .default(false)
    .describe(
      'Take the name of the gateway also from `Forwarded` and `X-Forwarded-Host`, as a proxy in front sets them.',
    ),
  SANDBOX: flag().optional().meta({
    shownDefault: 'see meaning',
    description:
      'Serve both upstreams from inside, with sample data. Without a value: true when HOST is loopback and no INKEEP_*, KATAVEN_*, PUBLIC_URL or REDIS_URL is set.',
  }),
  INKEEP_URL: baseUrl()
    .optional()
    .describe('Everything before `/tenants`, e.g. `https://api.pilot.inkeep.com/manage`.'),
  INKEEP_TENANT_ID: matching(RESOURCE_ID, 'letters, digits and -_. only, at most 255')
    .optional()
    .describe('Tenant where an operation leaves `tenantId` out.'),
  INKEEP_TOKEN: bearerToken()
    .optional()
    .describe('Bearer token used for callers without one, if ANONYMOUS_USES_TOKENS is true.'),
  KATAVEN_URL: baseUrl()
    .optional()
    .describe('Everything before `/agents` and `/tools`, e.g. `https://api.kataven.ai/v1`.'),
  KATAVEN_TOKEN: bearerToken()
    .optional()
    .describe('Bearer token used for callers without one, if ANONYMOUS_USES_TOKENS is true.'),
  KATAVEN_ACCOUNT_ID: matching(HEADER_VALUE, 'printable ASCII without blanks')
    .optional()
    .describe('Account that is sent with KATAVEN_TOKEN, as `X-Account-ID`.'),
  ANONYMOUS_USES_TOKENS: flag()
    .default(false)
    .describe('Whoever reaches the gateway without a credential acts as INKEEP_TOKEN and KATAVEN_TOKEN.'),
  // The three proxy variables are checked in proxy.ts, if an upstream is called through them.
  HTTPS_PROXY: z.string().optional().meta({
    mayBeEmpty: true,
    description:
      'Proxy for upstreams at https addresses, e.g. `http://proxy.example.com:3128`; also as `https_proxy`. Without it, HTTP_PROXY.',
  }),
  HTTP_PROXY: z
    .string()
    .optional()
    .meta({ mayBeEmpty: true, description: 'Proxy for upstreams at http addresses; also as `http_proxy`.' }),
  NO_PROXY: z.string().optional().meta({
    mayBeEmpty: true,
    description:
      'Comma-separated hosts that are called without a proxy, their subdomains too, e.g. `localhost,.example.com`; `*` for all. Also as `no_proxy`.',
  }),
  STATUS_INTERVAL_MS: wholeNumber(500, 3_600_000)
    .optional()
    .meta({
      shownDefault: `${STATUS_INTERVAL_MS} (sandbox ${SANDBOX_STATUS_INTERVAL_MS})`,
      description: 'Milliseconds between two looks at a watched tool, 500 to 3600000.',
    }),
  REDIS_URL: redisUrl().optional().describe('Share status watches between instances, e.g. `redis://localhost:6379`.'),
  CORS_ORIGINS: origins().default([]).meta({
    mayBeEmpty: true,
    description:
      'Comma-separated origins whose pages may call, e.g. `https://app.example.com`, or `https://*.example.com` for any one label; also for WebSocket upgrades from browsers.',
  }),
  GRAPHIQL: flag().default(true).describe('Serve the explorer to browsers at `/graphql`.'),
  INTROSPECTION: flag().default(true).describe('Answer introspection and serve `/schema.graphql`.'),
  COALESCE: flag().default(true).describe('Join identical reads in flight of the same caller.'),
  INKEEP_MAX_PROBES: wholeNumber(1, 1000)
    .default(16)
    .describe('Inkeep calls in flight that probe an MCP server, 1 to 1000.'),
  INKEEP_MAX_CALLS: wholeNumber(1, 1000).default(32).describe('Other Inkeep calls in flight, 1 to 1000.'),
  MAX_UPSTREAM_CALLS: wholeNumber(1, 10_000)
    .default(100)
    .describe('Upstream calls one operation may cost, 1 to 10000.'),
  LOG_LEVEL: oneOf(LOG_LEVELS)
    .default('info')
    .describe(`One of ${LOG_LEVELS.join(', ')}.`),
});

/** One row of the table as the README and `--help` show it. `default` is text, '-' if there is none. */
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
