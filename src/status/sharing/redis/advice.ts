/** Error texts of Redis and of the network, each with advice. The first match counts. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /WRONGPASS|invalid password|NOAUTH|invalid username|without any password configured/i,
    'REDIS_URL has a wrong user or password, or none where one is needed.',
  ],
  [
    /NOPERM/,
    'The user of REDIS_URL may not do what is needed: grant it ~agent-tools:* &agent-tools:* and +@connection +@read +@write +@pubsub +@scripting +info.',
  ],
  [/READONLY/, 'REDIS_URL names a read-only replica: name the primary.'],
  [/OOM/, 'Redis is out of memory: raise maxmemory, or set a maxmemory-policy that evicts.'],
  [/MISCONF/, 'Redis refuses writes because it cannot save to disk: see its log.'],
  [
    /CROSSSLOT|MOVED|CLUSTER/,
    'REDIS_URL names a node of a Redis Cluster, which cannot be used: name a single primary, or its Sentinels.',
  ],
  [/ENOTFOUND|EAI_AGAIN/, 'The host in REDIS_URL is not known: check its name.'],
  [/ECONNREFUSED/, 'Nothing listens at REDIS_URL: is Redis running, and the port right?'],
  [
    /certificate|SSL|TLS|EPROTO/i,
    'TLS with REDIS_URL fails: rediss:// needs a Redis with TLS and a trusted certificate.',
  ],
  [/ETIMEDOUT|timed out|timeout/i, 'REDIS_URL does not answer in time: check the address and the network.'],
];

/** Error texts of ioredis while there is no connection. An earlier error has the reason. */
const KNOWN = /Connection is closed|Stream isn't writeable|max retries per request|Command aborted/i;

/** The text ends with the error of the last Sentinel. */
const NO_SENTINEL = /sentinels are unreachable/i;

/**
 * Returns what is wrong with Redis and how to fix it, without the address, which may contain a password. Undefined for an error that
 * is only the consequence of an earlier one.
 */
export function adviceFor(error: unknown): string | undefined {
  const text = error instanceof Error ? error.message : String(error);
  if (NO_SENTINEL.test(text)) return 'No Sentinel in REDIS_URL answers, or none knows the primary by the given name.';
  if (KNOWN.test(text)) return undefined;
  return ADVICE.find(([pattern]) => pattern.test(text))?.[1] ?? 'Redis ended the connection or answered with an error.';
}
