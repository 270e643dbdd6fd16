import { expect, test } from 'vitest';
import { becomes, type Instance, startInstance, startProcess, startUpstream } from '../../support/instances.js';
import { startRedis } from '../../support/redis.js';
import { labTools } from '../../support/status.js';

test('logs a REDIS_URL at which nothing listens, and works without it', async () => {
  const instance = await startAlone('redis://127.0.0.1:1');
  await expect
    .poll(instance.log, { timeout: 20_000 })
    .toContain('Nothing listens at REDIS_URL: is Redis running, and the port right?');
  await worksAlone(instance);
});

test('logs an unknown host', async () => {
  const instance = await startAlone('redis://no-such-host.invalid');
  await expect
    .poll(instance.log, { timeout: 20_000 })
    .toMatch(/The host in REDIS_URL is not known|does not answer in time/);
  await worksAlone(instance);
});

test.for(['', ':SECRET-wrong@'])(
  'a wrong or missing password (%j) is logged without showing it',
  async (user, context) => {
    const redis = await startRedis(context, ['--requirepass', 'right']);
    const instance = await startAlone(redis.url.replace('//', `//${user}`));
    await expect
      .poll(instance.log, { timeout: 20_000 })
      .toContain('REDIS_URL has a wrong user or password, or none where one is needed.');
    await worksAlone(instance);
    expect(instance.log()).not.toContain('SECRET');
  },
);

test('shares polls with the right password', async (context) => {
  const redis = await startRedis(context, ['--requirepass', 'right']);
  await becomes(await startAlone(redis.url.replace('//', '//:right@')), 'up');
});

test('logs a read-only replica', async (context) => {
  const redis = await startRedis(context, ['--replicaof', '127.0.0.1', '1']);
  const instance = await startAlone(redis.url);
  await expect
    .poll(instance.log, { timeout: 20_000 })
    .toContain('REDIS_URL names a read-only replica: name the primary.');
  await worksAlone(instance);
});

test('logs a Redis that is out of memory, and uses it as soon as it has memory', async (context) => {
  const redis = await startRedis(context, ['--maxmemory', '1', '--maxmemory-policy', 'noeviction']);
  const instance = await startAlone(redis.url);
  await expect.poll(instance.log, { timeout: 20_000 }).toContain('Redis is out of memory');
  await worksAlone(instance);
  await redis.client().config('SET', 'maxmemory', '0');
  await becomes(instance, 'up');
});

test('logs the permissions that a user lacks, which are enough', async (context) => {
  const redis = await startRedis(context);
  const client = redis.client();
  await client.acl('SETUSER', 'gateway', 'on', '>word', '+@connection', '+info');
  const instance = await startProcess(await startUpstream(), {
    REDIS_URL: redis.url.replace('//', '//gateway:word@'),
  });
  await expect.poll(instance.log, { timeout: 20_000 }).toContain('The user of REDIS_URL may not do what is needed');
  const grants = /grant it (.*?)\./.exec(instance.log())?.[1]?.split(/ and | /) ?? [];
  await worksAlone(instance);
  await client.acl('SETUSER', 'gateway', ...grants);
  await becomes(instance, 'up');
  // Sometimes it takes many seconds until the instance uses its new rights.
}, 60_000);

test('logs a lasting problem once', async (context) => {
  const redis = await startRedis(context, ['--replicaof', '127.0.0.1', '1']);
  const instance = await startAlone(redis.url);
  await expect.poll(instance.log, { timeout: 20_000 }).toContain('read-only replica');
  await worksAlone(instance);
  await worksAlone(instance);
  expect(instance.log().match(/read-only replica/g)).toHaveLength(1);
});

async function startAlone(redisUrl: string): Promise<Instance> {
  return startInstance(await startUpstream(), { REDIS_URL: redisUrl });
}

/** It is ready, reports that it does not share, and sends events. */
async function worksAlone(instance: Instance): Promise<void> {
  expect(await instance.ready()).toEqual({ status: 200, body: { status: 'ready', redis: 'down' } });
  await instance.watch({ tools: labTools('desk') }).toldOf(1);
}
