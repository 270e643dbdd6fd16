import { Redis, type RedisOptions } from 'ioredis';
import { parseRedisAddress } from '../../../redis-address.js';

/** The number of the database in REDIS_URL. */
export function databaseOf(url: string): number {
  return parseRedisAddress(url)?.db ?? 0;
}

/** Creates a client of the server at REDIS_URL, or of the primary that its Sentinels name. Does not connect. */
export function createClient(url: string, options: RedisOptions): Redis {
  const address = parseRedisAddress(url);
  if (address?.kind !== 'sentinel') return new Redis(url, options);
  const { sentinels, name, username, password, db, isTls } = address;
  const { retryStrategy } = options;
  return new Redis({
    ...options,
    sentinels: sentinels.map((sentinel) => ({ ...sentinel })),
    name,
    db,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(retryStrategy && { sentinelRetryStrategy: retryStrategy }),
    ...(isTls && { tls: {}, enableTLSForSentinelMode: true }),
  });
}

/** Rejects if the server is a node of a cluster, in which the keys of a share are on different nodes. */
export async function refuseCluster(client: { info(section: string): Promise<string> }): Promise<void> {
  const info = await client.info('cluster');
  if (info.includes('cluster_enabled:1')) throw new Error('CLUSTER is enabled');
}
