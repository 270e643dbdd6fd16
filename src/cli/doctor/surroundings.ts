import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../../config/load-config.js';
import type { RedisLimits } from '../../status/limits.js';
import { findRedisProblem } from '../../status/sharing/redis/find-redis-problem.js';
import { PersistedOperationsError } from '../../transport/execution/documents/manifest.js';
import { describeListenProblem, isInUse } from '../listen-problem.js';
import { type Finding, fail, ok, warn } from './finding.js';

/**
 * Checks whether `serve` could listen at the configured address. Returns no finding if it could. A port in use is a warning,
 * because a gateway may be running.
 */
export async function checkAddress({ host, port }: Config): Promise<Finding[]> {
  const server = createServer();
  try {
    await once(server.listen(port, host), 'listening');
    return [];
  } catch (error) {
    if (isInUse(error))
      return [warn(`Port ${port} on ${host} is in use: by a running gateway, or by another program.`)];
    const problem = describeListenProblem(error, { host, port });
    if (problem === undefined) throw error;
    return [fail(problem)];
  } finally {
    server.close();
  }
}

/**
 * Checks whether status polls can be shared, if REDIS_URL is set. `serve` also starts without Redis, but then each instance
 * polls alone.
 */
export async function checkRedis({ redisUrl }: Config, limits: RedisLimits): Promise<Finding[]> {
  if (redisUrl === undefined) return [];
  const problem = await findRedisProblem(redisUrl, limits);
  return [
    problem === undefined ? ok('REDIS_URL answers, and instances can share status polls through it.') : fail(problem),
  ];
}

/** Checks whether the persisted operations are valid, if PERSISTED_OPERATIONS is set: `serve` does not start otherwise. */
export async function checkPersisted(config: Config): Promise<Finding[]> {
  if (config.persistedOperations === undefined) return [];
  const { checkPersistedOperations } = await import('../../gateway.js');
  try {
    checkPersistedOperations(config);
    return [ok('The operations of PERSISTED_OPERATIONS are valid.')];
  } catch (error) {
    if (!(error instanceof PersistedOperationsError)) throw error;
    return [fail(`PERSISTED_OPERATIONS cannot be used. ${error.message}`)];
  }
}
