import { expect, test } from 'vitest';
import { parseRedisAddress } from '../src/redis-address.js';

test('reads the Sentinels, the name, the credential and the database of a Sentinel address', () => {
  expect(parseRedisAddress('rediss-sentinel://me:p%40ss@a.test:1,b.test,[::1]:3/my-primary/4')).toEqual({
    kind: 'sentinel',
    sentinels: [
      { host: 'a.test', port: 1 },
      { host: 'b.test', port: 26_379 },
      { host: '::1', port: 3 },
    ],
    name: 'my-primary',
    username: 'me',
    password: 'p@ss',
    db: 4,
    isTls: true,
  });
});

test('reads the database of a server', () => {
  expect(parseRedisAddress('redis://:word@localhost:6379/3')).toMatchObject({ kind: 'server', db: 3 });
});

test.each([
  'http://localhost',
  'redis://',
  'redis-sentinel://a.test:1',
  'redis-sentinel:///name',
  'redis-sentinel://a.test:x/name',
  'redis-sentinel://a.test/name/x',
])('does not accept %s', (text) => {
  expect(parseRedisAddress(text)).toBeUndefined();
});
