import { expect, test } from 'vitest';
import { SERVICE, seedAgent, startPeople } from '../../support/people.js';
import { startRedis } from '../../support/redis.js';
import { idOf } from '../../support/status.js';

const AGENT = { agent: idOf('Agent', 'lab', 'support') };

test('one lease serves all people on all instances, and a revoked token is cut off on each of them', async (context) => {
  const redis = await startRedis(context);
  const options = { accessMs: 1_000, env: { REDIS_URL: redis.url } };
  const first = await startPeople(options);
  const second = await startPeople({ ...options, upstream: first });
  for (const gateway of [first, second]) await expect.poll(() => gateway.ready()).toMatchObject({ redis: 'up' });
  seedAgent(first, 'desk');
  const people = await Promise.all(
    ['ada', 'ben'].flatMap((token) => [first, second].map((gateway) => gateway.watch(token, AGENT))),
  );
  for (const stream of people) expect(await stream.next()).toMatchObject({ status: 'HEALTHY', previousStatus: null });
  first.sandbox.inkeep.setMcp('desk', { mode: 'needs_auth' });
  for (const stream of people) expect(await stream.next()).toMatchObject({ status: 'NEEDS_AUTH' });
  expect(await redis.client().keys('agent-tools:*:lease:*')).toHaveLength(1);
  expect(first.rights.probers()).toEqual([SERVICE]);

  first.rights.allow('ben', { status: 401 });
  const [adaOnFirst, adaOnSecond, benOnFirst, benOnSecond] = people;
  for (const ben of [benOnFirst, benOnSecond]) {
    expect(await ben?.errors()).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  }
  first.sandbox.inkeep.setMcp('desk', { mode: 'healthy' });
  for (const ada of [adaOnFirst, adaOnSecond]) expect(await ada?.next()).toMatchObject({ status: 'HEALTHY' });
});
