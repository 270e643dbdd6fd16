import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { buildSchema, parse } from 'graphql';
import { expect, test } from 'vitest';
import { createDocumentCaches } from '../../../../src/transport/execution/documents/parse-and-validate.js';
import { TRANSPORT_LIMITS } from '../../../../src/transport/limits.js';
import { startTransport } from '../../../support/transport.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

function heapUsed(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test.each([
  ['the heaviest text there is', 200, (n: number) => `{${'a '.repeat(2_000)}a${n}}`],
  ['long names', 200, (n: number) => `{${'abcdefghijklmnopqrstuvwxyz '.repeat(2_000)}a${n}}`],
  ['fragments', 200, (n: number) => `{a${n}} ${'fragment a on a{a}'.repeat(500)}`],
  ['the shortest documents', 60_000, (n: number) => `{a${n}}`],
  ['text that is no token', 2_000, (n: number) => `{a${n}} # ${'中'.repeat(50_000)}`],
])('parsed documents weigh no more than they may: %s', (_what, count, textOf) => {
  const { documentCache } = createDocumentCaches(TRANSPORT_LIMITS.documents);
  const before = heapUsed();
  let last = '';
  for (let n = 0; n < count; n++) {
    // As it comes from the network: of one piece.
    last = Buffer.from(textOf(n)).toString();
    documentCache.set(last, parse(last));
  }
  const used = heapUsed() - before;
  expect(used).toBeLessThan(TRANSPORT_LIMITS.documents.maxCacheBytes * 1.1);
  // It has been full, and is used well.
  expect(documentCache.size).toBeLessThan(count);
  expect(used).toBeGreaterThan(TRANSPORT_LIMITS.documents.maxCacheBytes / 4);
  expect(documentCache.get(last)).toBeDefined();
});

test('a document that is too heavy to be kept is answered all the same', async () => {
  const { query } = await startTransport(buildSchema('type Query { hello(of: [Int]): String }'), {
    limits: { shape: { tokens: 50_000 } },
  });
  const heavy = `{ hello(of: [${'1 '.repeat(20_000)}]) }`;
  const { documentCache } = createDocumentCaches(TRANSPORT_LIMITS.documents);
  documentCache.set(heavy, parse(heavy));
  expect(documentCache.size).toBe(0);
  expect(await query({ query: heavy })).toEqual({ data: { hello: null } });
});

test('what is wrong with invalid documents does not stay in memory', async () => {
  const { query } = await startTransport(buildSchema('type Query { hello: String }'));
  const send = (n: number) => query({ query: `{ ${Array.from({ length: 20 }, (_, k) => `a${n}_${k}`).join(' ')} }` });
  for (let n = 0; n < 50; n++) await send(n);
  const before = heapUsed();
  for (let n = 50; n < 550; n++) expect((await send(n)).errors).toHaveLength(20);
  expect(heapUsed() - before).toBeLessThan(5_000_000);
});

test('a flood of distinct documents leaves no more behind than the cache may hold', async () => {
  const maxCacheBytes = 2 * 1024 * 1024;
  const schema = buildSchema(`
    type Query { rows(first: Int, last: Int): Rows }
    type Rows { nodes: [Query!]! }
  `);
  const { query } = await startTransport(schema, { limits: { documents: { maxCacheBytes } } });
  const send = async (n: number) => {
    const text = `query ($n: Int) { rows(first: $n) { nodes { a${n}: rows(last: $n) { nodes { __typename } } } } }`;
    expect(await query({ query: text, variables: { n: 3 } }, { 'x-gateway-cost': '1' })).toMatchObject({
      data: { rows: null },
      extensions: { cost: { rows: { atMost: 12 } } },
    });
  };
  for (let n = 0; n < 300; n++) await send(n);
  const before = heapUsed();
  for (let n = 300; n < 1_300; n++) await send(n);
  // The code that V8 makes while the test runs is also on the heap.
  expect(heapUsed() - before).toBeLessThan(2 * maxCacheBytes);
});
