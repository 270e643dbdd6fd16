import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../../config/load-config.js';
import { findRedisProblem } from '../../status/sharing/redis/check.js';
import { describeListenProblem, isTaken } from '../listen-problem.js';
import { type Finding, fail, ok, warn } from './finding.js';

/** Whether `serve` could listen where the settings say; without a finding if so. A port that is taken may be a running gateway's. */
export async function checkAddress({ host, port }: Config): Promise<Finding[]> {
  const server = createServer();
  try {
    await once(server.listen(port, host), 'listening');
    return [];
  } catch (error) {
    if (isTaken(error)) return [warn(`Port ${port} on ${host} is taken: by a running gateway, or by another program.`)];
    const problem = describeListenProblem(error, { host, port });
    if (problem === undefined) throw error;
    return [fail(problem)];
  } finally {
    server.close();
  }
}

/** Whether watches can be shared, where they are to be. `serve` starts without Redis too, but then each instance is alone. */
export async function checkRedis({ redisUrl }: Config): Promise<Finding[]> {
  if (redisUrl === undefined) return [];
  const problem = await findRedisProblem(redisUrl);
  return [problem === undefined ? ok('REDIS_URL answers, and watches can be shared through it.') : fail(problem)];
}
