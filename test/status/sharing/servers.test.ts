import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, type TestContext, test } from 'vitest';
import { STATUS_LIMITS } from '../../../src/status/limits.js';
import { findRedisProblem } from '../../../src/status/sharing/redis/find-redis-problem.js';
import { SELF_SIGNED } from '../../support/certificate.js';
import { becomes, startInstance, startProcess, startUpstream } from '../../support/instances.js';
import { freePort, startRedis, startSentinel } from '../../support/redis.js';
import { labTools } from '../../support/status.js';

/** A Redis that speaks TLS with a certificate that nothing trusts, and the file of that certificate. */
async function startTlsRedis(context: TestContext): Promise<{ url: string; cert: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'redis-tls-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  await Promise.all([writeFile(key, SELF_SIGNED.key), writeFile(cert, SELF_SIGNED.cert)]);
  const port = await freePort();
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert];
  await startRedis(context, ['--tls-port', String(port), ...files, '--tls-auth-clients', 'no']);
  return { url: `rediss://127.0.0.1:${port}`, cert };
}

test('two instances share polls over TLS', async (context) => {
  const { url, cert } = await startTlsRedis(context);
  const sandbox = await startUpstream();
  const env = { REDIS_URL: url, NODE_EXTRA_CA_CERTS: cert, STATUS_INTERVAL_MS: '60000' };
  const [first, second] = [await startProcess(sandbox, env), await startProcess(sandbox, env)];
  await Promise.all([becomes(first, 'up'), becomes(second, 'up')]);
  await first.watch({ tools: labTools('desk') }).toldOf(1);
  await second.watch({ tools: labTools('desk') }).toldOf(1);
  expect(sandbox.inkeep.count('get-tool')).toBe(1);
});

test('logs a certificate that is not trusted', async (context) => {
  const { url } = await startTlsRedis(context);
  const instance = await startInstance(await startUpstream(), { REDIS_URL: url });
  await expect.poll(instance.log, { timeout: 20_000 }).toContain('TLS with REDIS_URL fails');
  expect(await instance.ready()).toMatchObject({ body: { redis: 'down' } });
});

test('instances find the primary through Sentinel, and share again after a failover', async (context) => {
  const primary = await startRedis(context);
  const replica = await startRedis(context, ['--replicaof', '127.0.0.1', new URL(primary.url).port]);
  const { host } = await startSentinel(context, primary);
  const replicates = async () => (await replica.client().info('replication')).includes('master_link_status:up');
  await expect.poll(replicates, { timeout: 10_000 }).toBe(true);
  const sandbox = await startUpstream();
  // The first Sentinel does not answer.
  const env = { REDIS_URL: `redis-sentinel://127.0.0.1:${await freePort()},${host}/primary/2` };
  const [first, second] = [await startInstance(sandbox, env), await startInstance(sandbox, env)];
  await Promise.all([becomes(first, 'up'), becomes(second, 'up')]);
  const watchers = [first, second].map((instance) => instance.watch({ tools: labTools('desk') }));
  await Promise.all(watchers.map((watcher) => watcher.toldOf(1)));
  expect(await primary.client().info('keyspace')).toContain('db2:');

  // Sentinel looks for replicas every ten seconds, and must know this one.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await primary.kill();
  await Promise.all([becomes(first, 'down'), becomes(second, 'down')]);
  await Promise.all([becomes(first, 'up'), becomes(second, 'up')]);
  expect(await replica.client().info('replication')).toContain('role:master');
  sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
  await Promise.all(watchers.map((watcher) => watcher.toldOf(2)));
  expect(watchers.map(({ statuses }) => statuses)).toEqual(Array(2).fill(['HEALTHY', 'NEEDS_AUTH']));
}, 60_000);

test('logs that no Sentinel answers', async () => {
  const url = `redis-sentinel://127.0.0.1:${await freePort()}/primary`;
  const instance = await startInstance(await startUpstream(), { REDIS_URL: url });
  await expect.poll(instance.log, { timeout: 20_000 }).toContain('No Sentinel in REDIS_URL answers');
  expect(await findRedisProblem(url, STATUS_LIMITS.redis)).toContain('No Sentinel in REDIS_URL answers');
});

test('refuses a Redis Cluster, and says so', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'redis-cluster-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const redis = await startRedis(context, ['--cluster-enabled', 'yes', '--dir', directory]);
  await redis.client().cluster('ADDSLOTSRANGE', 0, 16_383);
  const instance = await startInstance(await startUpstream(), { REDIS_URL: redis.url });
  const advice =
    'REDIS_URL names a node of a Redis Cluster, which cannot be used: name a single primary, or its Sentinels.';
  await expect.poll(instance.log, { timeout: 20_000 }).toContain(advice);
  expect(await instance.ready()).toEqual({ status: 200, body: { status: 'ready', redis: 'down' } });
  expect(await findRedisProblem(redis.url, STATUS_LIMITS.redis)).toBe(advice);
  await instance.watch({ tools: labTools('desk') }).toldOf(1);
});
