import { z } from 'zod';
import { UPSTREAM_LIMITS } from '../limits.js';
import { baseUrl, bearerToken, matching, wholeNumber } from './checks.js';

/** The pattern by which the manage API checks ids in paths; `.` and `..` would change the path. */
const RESOURCE_ID = /^(?!\.{1,2}$)[a-zA-Z0-9\-_.]{1,255}$/;
const HEADER_VALUE = /^[\x21-\x7e]+$/;

const token = () =>
  bearerToken().optional().meta({
    secret: 'value',
    description: 'Bearer token for callers without a credential, if ANONYMOUS_USES_TOKENS is true.',
  });

const INKEEP = z.object({
  INKEEP_URL: baseUrl()
    .optional()
    .describe('Everything before `/tenants`, e.g. `https://api.pilot.inkeep.com/manage`.'),
  INKEEP_TENANT_ID: matching(RESOURCE_ID, '1 to 255 letters, digits, "-", "_" or ".", but not "." or ".." alone')
    .optional()
    .describe('Tenant of operations that do not pass `tenantId`.'),
  INKEEP_TOKEN: token(),
  INKEEP_STATUS_TOKEN: bearerToken().optional().meta({
    secret: 'value',
    description: 'Bearer token of a service that may see all tools. Live status polls with it, once for all callers.',
  }),
  INKEEP_MAX_PROBES: wholeNumber(1, 1000)
    .default(UPSTREAM_LIMITS.inkeepMaxProbes)
    .describe('Most concurrent Inkeep calls that probe an MCP server, 1 to 1000.'),
  INKEEP_MAX_CALLS: wholeNumber(1, 1000)
    .default(UPSTREAM_LIMITS.inkeepMaxCalls)
    .describe('Most other concurrent Inkeep calls, 1 to 1000.'),
});

const KATAVEN = z.object({
  KATAVEN_URL: baseUrl()
    .optional()
    .describe('Everything before `/agents` and `/tools`, e.g. `https://api.kataven.ai/v1`.'),
  KATAVEN_TOKEN: token(),
  KATAVEN_ACCOUNT_ID: matching(HEADER_VALUE, 'printable ASCII without spaces')
    .optional()
    .describe('Account sent with KATAVEN_TOKEN, as `X-Account-ID`.'),
  KATAVEN_CALLS_PER_MINUTE: wholeNumber(0, 100_000)
    .default(UPSTREAM_LIMITS.callBudget.katavenMaxCalls)
    .describe('Most Kataven calls per minute and account, 0 to 100000; 0 for no limit of the gateway’s own.'),
});

/**
 * The settings of each upstream, by its name: their table, the ones that are a credential for callers without one (the token
 * first), and what `Config` has of them. Their names begin with the name of the upstream in capitals.
 */
export const UPSTREAM_SETTINGS = {
  inkeep: {
    table: INKEEP.shape,
    credential: ['INKEEP_TOKEN'],
    read: (settings: z.output<typeof INKEEP>) => ({
      url: settings.INKEEP_URL,
      tenantId: settings.INKEEP_TENANT_ID,
      token: settings.INKEEP_TOKEN,
      statusToken: settings.INKEEP_STATUS_TOKEN,
    }),
    readLanes: (settings: z.output<typeof INKEEP>) => ({
      maxCalls: settings.INKEEP_MAX_CALLS,
      maxProbes: settings.INKEEP_MAX_PROBES,
    }),
  },
  kataven: {
    table: KATAVEN.shape,
    credential: ['KATAVEN_TOKEN', 'KATAVEN_ACCOUNT_ID'],
    read: (settings: z.output<typeof KATAVEN>) => ({
      url: settings.KATAVEN_URL,
      token: settings.KATAVEN_TOKEN,
      accountId: settings.KATAVEN_ACCOUNT_ID,
    }),
    readLanes: (settings: z.output<typeof KATAVEN>) => ({ callsPerMinute: settings.KATAVEN_CALLS_PER_MINUTE }),
  },
};

/** All settings of `UPSTREAM_SETTINGS`, for the table. */
export const UPSTREAM_TABLE = { ...UPSTREAM_SETTINGS.inkeep.table, ...UPSTREAM_SETTINGS.kataven.table };

export type UpstreamName = keyof typeof UPSTREAM_SETTINGS;

export const UPSTREAM_NAMES = Object.keys(UPSTREAM_SETTINGS) as readonly UpstreamName[];

/** The first words of the settings of upstreams: `INKEEP`. */
export const PREFIXES = UPSTREAM_NAMES.map((name) => name.toUpperCase());

/** The settings without which an upstream is not called: `INKEEP_URL`. */
export const URL_SETTINGS = PREFIXES.map((prefix) => `${prefix}_URL`);

/** The settings that are a token for callers without a credential: `INKEEP_TOKEN`. */
export const TOKEN_SETTINGS = PREFIXES.map((prefix) => `${prefix}_TOKEN`);

/** Returns the upstream whose setting has this name; undefined if it is not a setting of an upstream. */
export function upstreamOfSetting(name: string): UpstreamName | undefined {
  return UPSTREAM_NAMES.find((upstream) => Object.hasOwn(UPSTREAM_SETTINGS[upstream].table, name));
}

/** Returns how many calls each upstream gets, at a time or per minute. */
export function readLanes(settings: z.output<typeof INKEEP> & z.output<typeof KATAVEN>) {
  const { inkeep, kataven } = UPSTREAM_SETTINGS;
  return { inkeep: inkeep.readLanes(settings), kataven: kataven.readLanes(settings) };
}
