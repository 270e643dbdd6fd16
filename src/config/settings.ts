import { z } from 'zod';
import { LOG_LEVELS } from '../log.js';
import { baseUrl, filePath, flag, hostNames, matching, oneOf, origins, redisUrl, wholeNumber } from './checks.js';
import { PREFIXES, TOKEN_SETTINGS, UPSTREAM_TABLE } from './upstreams.js';

/** The default of STATUS_INTERVAL_MS. */
export const STATUS_INTERVAL_MS = 10_000;
/** The default of STATUS_ACCESS_MS. */
const STATUS_ACCESS_MS = 60_000;
/** The default of STATUS_INTERVAL_MS on the sandbox. */
export const SANDBOX_STATUS_INTERVAL_MS = 2000;

const HOST = /^[0-9a-z.:-]+$/i;

/**
 * Every variable that the gateway reads: name, check, default and meaning, in the order of `--help` and `docs/configuration.md`.
 * `meta` also takes `shownDefault`, if the default depends on other settings, `mayBeEmpty`, if an empty value is not an error, and `secret`: the whole
 * `value`, or the `credentials` in a URL.
 */
export const TABLE = z.object({
  HOST: matching(HOST, 'an address or host name, without port').default('127.0.0.1').describe('Address to listen on.'),
  PORT: wholeNumber(0, 65_535).default(4000).describe('Port to listen on; 0 picks a free one.'),
  PUBLIC_URL: baseUrl()
    .optional()
    .describe('Address at which browsers reach the gateway, if a reverse proxy changes `Host`; without `/graphql`.'),
  TRUST_PROXY: flag()
    .default(false)
    .describe(
      'Also accept the host name in `Forwarded` and `X-Forwarded-Host`, and the address of the client in `Forwarded` and `X-Forwarded-For`, which a reverse proxy sets.',
    ),
  ALLOWED_HOSTS: hostNames()
    .optional()
    .describe(
      'Comma-separated host names that requests may have in `Host`, e.g. `api.example.com` or `*.example.com`; `*` for any. Loopback names, HOST and the host of PUBLIC_URL are always allowed. If not set: no others if HOST is loopback, otherwise any.',
    ),
  SANDBOX: flag()
    .optional()
    .meta({
      shownDefault: 'see meaning',
      description: `Serve embedded upstreams with sample data. If not set: true when HOST is loopback and no ${PREFIXES.map((prefix) => `${prefix}_*`).join(', ')}, PUBLIC_URL or REDIS_URL is set.`,
    }),
  ...UPSTREAM_TABLE,
  ANONYMOUS_USES_TOKENS: flag()
    .default(false)
    .describe(`Callers without a credential use ${TOKEN_SETTINGS.join(' and ')}.`),
  // The three proxy variables are checked in proxy.ts, if an upstream is called through them.
  HTTPS_PROXY: z.string().optional().meta({
    mayBeEmpty: true,
    secret: 'credentials',
    description:
      'Proxy for upstreams with an https address, e.g. `http://proxy.example.com:3128`; also read from `https_proxy`. Without it, HTTP_PROXY is used.',
  }),
  HTTP_PROXY: z.string().optional().meta({
    mayBeEmpty: true,
    secret: 'credentials',
    description: 'Proxy for upstreams with an http address; also read from `http_proxy`.',
  }),
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
  STATUS_ACCESS_MS: wholeNumber(1_000, 3_600_000)
    .default(STATUS_ACCESS_MS)
    .describe('With INKEEP_STATUS_TOKEN: milliseconds until a revoked right ends a subscription, 1000 to 3600000.'),
  REDIS_URL: redisUrl().optional().meta({
    secret: 'credentials',
    description: 'Share status polls between instances, e.g. `redis://localhost:6379`.',
  }),
  CORS_ORIGINS: origins().default([]).meta({
    mayBeEmpty: true,
    description:
      'Comma-separated origins whose pages may call the gateway, e.g. `https://app.example.com`, or `https://*.example.com`, where `*` is exactly one label; also applies to WebSocket upgrades from browsers.',
  }),
  PERSISTED_OPERATIONS: filePath()
    .optional()
    .describe(
      'File of persisted operations, as codegen, Relay or Apollo writes it: requests can name them by their ids.',
    ),
  PERSISTED_ONLY: flag().default(false).describe('Execute only the operations of PERSISTED_OPERATIONS.'),
  GRAPHIQL: flag().optional().meta({
    shownDefault: 'true (false with PERSISTED_ONLY)',
    description: 'Serve GraphiQL to browsers at `/graphql`.',
  }),
  INTROSPECTION: flag().default(true).describe('Answer introspection queries and serve `/schema.graphql`.'),
  COALESCE: flag().default(true).describe('Send identical concurrent reads of one caller only once.'),
  MAX_UPSTREAM_CALLS: wholeNumber(1, 10_000).default(100).describe('Most upstream calls of one operation, 1 to 10000.'),
  MAX_WEBSOCKETS_PER_CLIENT: wholeNumber(1, 1_000_000)
    .default(2_000)
    .describe('Most open WebSockets of one address, and of one credential, 1 to 1000000.'),
  MAX_SUBSCRIPTIONS_PER_CLIENT: wholeNumber(1, 1_000_000)
    .default(20_000)
    .describe('Most running subscriptions of one address, and of one credential, 1 to 1000000.'),
  MAX_OPERATION_COST: wholeNumber(1, 1_000_000_000)
    .optional()
    .describe('Most upstream calls and probes that an operation may need, known before it is executed; from 1.'),
  SLOW_OPERATION_MS: wholeNumber(0, 3_600_000)
    .default(3_000)
    .describe(
      'Milliseconds after which a query or mutation is logged as a warning with its upstream calls, 0 to 3600000.',
    ),
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
  /** What must not be shown: the whole value, or the credentials in a URL. */
  readonly secret: 'value' | 'credentials' | undefined;
}

export const SETTINGS: readonly Setting[] = Object.entries(TABLE.shape).map(([name, check]) => {
  const { description = '', shownDefault, mayBeEmpty, secret } = check.meta() ?? {};
  const value = check instanceof z.ZodDefault ? String(check.def.defaultValue) : '';
  return {
    name,
    default: String(shownDefault ?? (value || '-')),
    meaning: description,
    mayBeEmpty: mayBeEmpty === true,
    secret: secret === 'value' || secret === 'credentials' ? secret : undefined,
  };
});
