import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { UpstreamCall } from '../../../src/upstream/client/call.js';
import { ParsedBodies } from '../../../src/upstream/client/parsed-bodies.js';
import { startGateway } from '../../support/gateway.js';
import { callerNamed, startClient, startUpstream } from '../../support/scripted-upstream.js';

const LIMITS = { maxBytes: 1_000, maxBodyBytes: 100 };
const parseText = (bytes: Buffer): unknown => JSON.parse(bytes.toString());

test('a body is what its bytes say, whatever came before', () => {
  const reads = fc.array(
    fc.record({ key: fc.constantFrom('a', 'b'), value: fc.constantFrom(null, 0, '', [1], { b: 2 }) }),
  );
  fc.assert(
    fc.property(reads, (all) => {
      const bodies = new ParsedBodies(LIMITS);
      for (const { key, value } of all) {
        expect(bodies.read(key, Buffer.from(JSON.stringify(value)), parseText)).toEqual(value);
      }
    }),
  );
});

test('a body that comes again and again is parsed twice', () => {
  const parse = vi.fn(parseText);
  const bodies = new ParsedBodies(LIMITS);
  const results = [1, 2, 3, 4].map(() => bodies.read('key', Buffer.from('{"a":1}'), parse));
  expect(parse).toHaveBeenCalledTimes(2);
  expect(results[3]).toBe(results[1]);
  expect(bodies.read('other', Buffer.from('{"a":1}'), parse)).not.toBe(results[1]);
});

test('a body is not changed by what its buffer is used for afterwards', () => {
  const bodies = new ParsedBodies(LIMITS);
  const buffer = Buffer.from('{"a":1}');
  for (let n = 0; n < 3; n++) bodies.read('key', buffer, parseText);
  buffer.write('{"a":2}');
  expect(bodies.read('key', buffer, parseText)).toEqual({ a: 2 });
});

test('no more is kept than the limits allow', () => {
  const parse = vi.fn(parseText);
  const bodies = new ParsedBodies(LIMITS);
  const ofBytes = (length: number) => Buffer.from(JSON.stringify('x'.repeat(length - 2)));
  for (let n = 0; n < 5; n++) bodies.read('large', ofBytes(101), parse);
  expect(parse).toHaveBeenCalledTimes(5);
  const perRound: number[] = [];
  for (let round = 0; round < 10; round++) {
    parse.mockClear();
    for (let key = 0; key < 20; key++) bodies.read(String(key), ofBytes(100), parse);
    perRound.push(parse.mock.calls.length);
  }
  // There is room for ten.
  expect(Math.min(...perRound)).toBeGreaterThanOrEqual(10);
});

test('bodies that are read in turn and do not all find room do not displace each other', () => {
  const parse = vi.fn(parseText);
  const bodies = new ParsedBodies(LIMITS);
  const body = Buffer.from(JSON.stringify('x'.repeat(98)));
  const readAll = () => {
    for (let key = 0; key < 20; key++) bodies.read(String(key), body, parse);
  };
  for (let round = 0; round < 10; round++) readAll();
  parse.mockClear();
  for (let round = 0; round < 10; round++) readAll();
  // 100 if none were displaced, 200 if all were.
  expect(parse.mock.calls.length).toBeLessThan(150);
});

test('a new body that comes often finds room among bodies that come no more', () => {
  const parse = vi.fn(parseText);
  const bodies = new ParsedBodies(LIMITS);
  const body = Buffer.from(JSON.stringify('x'.repeat(98)));
  for (let key = 0; key < 10; key++) bodies.read(`old ${key}`, body, parse);
  parse.mockClear();
  for (let n = 0; n < 30; n++) bodies.read('new', body, parse);
  expect(parse.mock.calls.length).toBeLessThan(10);
});

test('each caller has bodies of their own, and those of probes are not kept', async () => {
  const upstream = await startUpstream((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[{"id":"t1"}]}'),
  );
  const client = startClient(upstream.url);
  const list: UpstreamCall = { operation: 'list-tools', method: 'GET', path: ['tools'], lane: 'plain' };
  const read = async (caller: string, call: UpstreamCall) =>
    (await client.request(callerNamed(caller), call).answer).body;
  const readThrice = async (caller: string, call: UpstreamCall) => {
    await read(caller, call);
    return [await read(caller, call), await read(caller, call)];
  };
  const [alice, again] = await readThrice('alice', list);
  expect(again).toBe(alice);
  const [bob] = await readThrice('bob', list);
  expect(bob).toEqual(alice);
  expect(bob).not.toBe(alice);
  const [probe, otherProbe] = await readThrice('alice', { ...list, lane: 'probe' });
  expect(otherProbe).not.toBe(probe);
  expect(upstream.requests).toHaveLength(9);
});

test('a list is read each time, and a change is seen at once', async () => {
  const { query, calls, sandbox } = await startGateway({ story: false });
  sandbox.inkeep.addProject({ id: 'lab' });
  sandbox.inkeep.addTool({ id: 'desk', name: 'Desk' });
  const read = () => query('{ project(projectId: "lab") { tools { totalCount nodes { id name } } } }');
  const before = [await read(), await read(), await read()];
  expect(before.map(({ data }) => data?.project.tools.totalCount)).toEqual([1, 1, 1]);
  sandbox.inkeep.addTool({ id: 'chat', name: 'Chat' });
  const { data } = await read();
  expect(data?.project.tools).toMatchObject({ totalCount: 2, nodes: [{ name: 'Chat' }, { name: 'Desk' }] });
  expect(calls()).toEqual({ 'list-tools': 4 });
});
