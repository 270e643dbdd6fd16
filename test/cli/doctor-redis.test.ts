import { expect, test } from 'vitest';
import { runDoctor } from '../../src/cli/doctor/doctor.js';
import { STATUS_LIMITS } from '../../src/status/limits.js';
import { startRedis } from '../support/redis.js';

async function doctor(
  redisUrl: string,
  answerMs: number = STATUS_LIMITS.redis.maxAnswerMs,
): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const env = { SANDBOX: 'true', PORT: '0', REDIS_URL: redisUrl };
  const code = await runDoctor(env, (line) => lines.push(line), {
    ...STATUS_LIMITS.redis,
    connectMs: answerMs,
    maxAnswerMs: answerMs,
  });
  return { code, lines: lines.slice(2) };
}

test('fails if nothing listens at REDIS_URL', async () => {
  expect(await doctor('redis://:hunter2@127.0.0.1:1')).toEqual({
    code: 1,
    lines: ['FAIL  Nothing listens at REDIS_URL: is Redis running, and the port right?', '1 problem to fix.'],
  });
});

test('accepts a Redis that can share polls, and leaves no keys in it', async (context) => {
  const redis = await startRedis(context);
  expect(await doctor(redis.url)).toEqual({
    code: 0,
    lines: ['ok    REDIS_URL answers, and instances can share status polls through it.', 'Everything works.'],
  });
  expect(await redis.client().keys('*')).toEqual([]);
});

test.for([
  ['a password that is missing', ['--requirepass', 'right'], 'REDIS_URL has a wrong user or password'],
  ['a read-only replica', ['--replicaof', '127.0.0.1', '1'], 'REDIS_URL names a read-only replica'],
  ['no memory', ['--maxmemory', '1', '--maxmemory-policy', 'noeviction'], 'Redis is out of memory'],
] as const)('fails for a Redis with %s, and suggests a fix', async ([, args, advice], context) => {
  const redis = await startRedis(context, args);
  const { code, lines } = await doctor(redis.url);
  expect(lines[0]).toContain(`FAIL  ${advice}`);
  expect(code).toBe(1);
});

test('fails for a user without the required rights, and the rights that it names are enough', async (context) => {
  const redis = await startRedis(context);
  const client = redis.client();
  const url = redis.url.replace('//', '//gateway:hunter2@');
  await client.acl('SETUSER', 'gateway', 'on', '>hunter2', '+@connection', '+info');
  const { lines } = await doctor(url);
  expect(lines[0]).toContain('The user of REDIS_URL may not do what is needed');
  expect(lines.join()).not.toContain('hunter2');
  const grants = /grant it (.*?)\./.exec(lines[0] ?? '')?.[1]?.split(/ and | /) ?? [];
  await client.acl('SETUSER', 'gateway', ...grants);
  expect((await doctor(url)).code).toBe(0);
});

test('fails for a Redis that does not answer within a few seconds', async (context) => {
  const redis = await startRedis(context);
  redis.freeze();
  const { code, lines } = await doctor(redis.url, 300);
  redis.thaw();
  expect(lines[0]).toContain('FAIL  REDIS_URL does not answer in time');
  expect(code).toBe(1);
});
