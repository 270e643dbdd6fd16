import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  connectionOf,
  decodeCursor,
  encodeCursor,
  sliceOf,
} from '../../../../src/graph/core/connections/connection.js';
import { CallRecord } from '../../../../src/upstream/operation.js';
import { type PagedList, readSlice } from '../../../../src/upstream/paging/slice.js';
import { pagesOf } from '../../../../src/upstream/paging/window.js';

interface Row {
  readonly id: string;
}

interface ListInMemory extends PagedList<Row> {
  /** Pages read so far, as `page/limit`. */
  readonly reads: string[];
}

/** A list that pages as the upstream does; `rowsAt` returns its rows at the n-th read, from 0. */
function listOf(rowsAt: (read: number) => readonly Row[]): ListInMemory {
  const reads: string[] = [];
  const record = new CallRecord('inkeep', { operation: 'list', method: 'GET', lane: 'plain' }, { coalesced: false });
  return {
    reads,
    maxLimit: 100,
    idOf: (row) => row.id,
    readPage(number, limit) {
      const rows = rowsAt(reads.length);
      reads.push(`${number}/${limit}`);
      const page = { rows: rows.slice((number - 1) * limit, number * limit), total: rows.length };
      return { page: Promise.resolve(page), record };
    },
  };
}

function rows(count: number): Row[] {
  return Array.from({ length: count }, (_, index) => ({ id: `row-${index}` }));
}

interface Args {
  first?: number;
  after?: string;
  last?: number;
  before?: string;
}

/** The connection as a client receives it that selects everything. */
async function connect(list: ListInMemory, args: Args) {
  const { edges, pageInfo, totalCount } = connectionOf(await readSlice(list, sliceOf(args)), (row) => row.id);
  const { hasNextPage, hasPreviousPage, startCursor, endCursor } = pageInfo;
  return {
    edges: edges.map(({ cursor, node }) => ({ cursor, node })),
    pageInfo: { hasNextPage, hasPreviousPage, startCursor, endCursor },
    totalCount,
  };
}

/** The Relay specification's own algorithm, on the whole list: EdgesToReturn, HasNextPage and HasPreviousPage. */
function reference(ids: readonly string[], { first, after, last, before }: Args) {
  const start = after === undefined ? 0 : Math.min(ids.length, (decodeCursor(after) ?? 0) + 1);
  const end = before === undefined ? ids.length : Math.min(ids.length, decodeCursor(before) ?? 0);
  let edges = ids.map((id, offset) => ({ cursor: encodeCursor(offset), node: id })).slice(start, Math.max(start, end));
  if (last === undefined) edges = edges.slice(0, first ?? 50);
  else edges = last === 0 ? [] : edges.slice(-last);
  return edges;
}

const sizes = fc.record({ total: fc.nat(450), size: fc.integer({ min: 1, max: 500 }) });

const anyArgs: fc.Arbitrary<Args> = fc
  .record({
    side: fc.constantFrom('first' as const, 'last' as const, undefined),
    size: fc.nat(500),
    after: fc.option(fc.nat(460), { nil: undefined }),
    before: fc.option(fc.nat(460), { nil: undefined }),
  })
  .map(({ side, size, after, before }) => ({
    ...(side === undefined ? {} : { [side]: size }),
    ...(after === undefined ? {} : { after: encodeCursor(after) }),
    ...(before === undefined ? {} : { before: encodeCursor(before) }),
  }));

test('reading forward returns every row once and in order, for any page size', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, async ({ total, size }) => {
      const all = rows(total);
      const seen: string[] = [];
      for (let after: string | undefined; ; ) {
        const { edges, pageInfo } = await connect(
          listOf(() => all),
          after === undefined ? { first: size } : { first: size, after },
        );
        seen.push(...edges.map(({ node }) => node));
        if (!pageInfo.hasNextPage) break;
        after = pageInfo.endCursor ?? undefined;
      }
      expect(seen).toEqual(all.map(({ id }) => id));
    }),
  );
});

test('reading backward returns every row once and in order, for any page size', async () => {
  await fc.assert(
    fc.asyncProperty(sizes, async ({ total, size }) => {
      const all = rows(total);
      const seen: string[] = [];
      for (let before: string | undefined; ; ) {
        const { edges, pageInfo } = await connect(
          listOf(() => all),
          before === undefined ? { last: size } : { last: size, before },
        );
        seen.unshift(...edges.map(({ node }) => node));
        if (!pageInfo.hasPreviousPage) break;
        before = pageInfo.startCursor ?? undefined;
      }
      expect(seen).toEqual(all.map(({ id }) => id));
    }),
  );
});

test('any arguments return the edges that the Relay specification defines', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(450), anyArgs, async (total, args) => {
      const all = rows(total);
      const { edges } = await connect(
        listOf(() => all),
        args,
      );
      const ids = all.map(({ id }) => id);
      expect(edges).toEqual(reference(ids, args));
    }),
    { numRuns: 500 },
  );
});

test('a page has exact page info and the exact count', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 450 }), anyArgs, async (total, args) => {
      const { edges, pageInfo, totalCount } = await connect(
        listOf(() => rows(total)),
        args,
      );
      fc.pre(edges.length > 0);
      const first = Number(edges[0]?.node.slice('row-'.length));
      const last = first + edges.length - 1;
      expect(pageInfo).toEqual({
        hasPreviousPage: first > 0,
        hasNextPage: last < total - 1,
        startCursor: encodeCursor(first),
        endCursor: encodeCursor(last),
      });
      expect(totalCount).toBe(total);
    }),
    { numRuns: 500 },
  );
});

test('the pages of a window cover it with the fewest calls that any page size allows', () => {
  const fewest = (start: number, end: number): number => {
    const counts = Array.from({ length: 100 }, (_, index) => {
      const limit = index + 1;
      return Math.floor((end - 1) / limit) - Math.floor(start / limit) + 1;
    });
    return Math.min(...counts);
  };
  fc.assert(
    fc.property(fc.nat(2000), fc.integer({ min: 1, max: 500 }), (start, size) => {
      const { limit, first, last } = pagesOf({ start, end: start + size }, 100);
      expect(limit).toBeLessThanOrEqual(100);
      expect((first - 1) * limit).toBeLessThanOrEqual(start);
      expect(last * limit).toBeGreaterThanOrEqual(start + size);
      expect(last - first + 1).toBe(fewest(start, start + size));
    }),
  );
});

test('a page of up to half an upstream page takes one call at any offset', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 50 }), fc.nat(9), async (first, number) => {
      const list = listOf(() => rows(600));
      await connect(list, { first, ...(number > 0 ? { after: encodeCursor(number * first - 1) } : {}) });
      expect(list.reads).toHaveLength(1);
    }),
  );
});

test('requests one page for a long slice of a short list', async () => {
  const list = listOf(() => rows(21));
  const { edges } = await connect(list, { first: 500 });
  expect(edges).toHaveLength(21);
  expect(list.reads).toEqual(['1/100']);
});

test('requests one page for a long slice beyond the end of a list', async () => {
  const list = listOf(() => rows(21));
  const { edges } = await connect(list, { first: 500, after: encodeCursor(99) });
  expect(edges).toEqual([]);
  expect(list.reads).toEqual(['2/100']);
});

test('requests the first page of a list of unknown length, and then its other pages', async () => {
  const list = listOf(() => rows(250));
  await connect(list, { first: 500 });
  expect(list.reads).toEqual(['1/100', '2/100', '3/100']);
});

test('requests the known pages of a list, and then the pages by which it has grown', async () => {
  const list = listOf(() => rows(450));
  const { edges } = await connect({ ...list, knownTotal: () => 250 }, { first: 500 });
  expect(edges).toHaveLength(450);
  expect(list.reads).toEqual(['1/100', '2/100', '3/100', '4/100', '5/100']);
});

test('returns the remaining rows of a list that has shrunk since the last read', async () => {
  const list = listOf(() => rows(21));
  const { edges } = await connect({ ...list, knownTotal: () => 250 }, { first: 500 });
  expect(edges).toHaveLength(21);
});

test('reads the last rows with one call for the length and one for the rows', async () => {
  const list = listOf(() => rows(250));
  await connect(list, { last: 10 });
  expect(list.reads).toEqual(['1/1', '25/10']);
});

test('returns no rows, with one call, for a cursor beyond the end of a list that has shrunk', async () => {
  const list = listOf(() => rows(5));
  const { edges, pageInfo } = await connect(list, { first: 10, after: encodeCursor(300) });
  expect(edges).toEqual([]);
  expect(pageInfo).toEqual({ hasNextPage: false, hasPreviousPage: true, startCursor: null, endCursor: null });
  expect(list.reads).toHaveLength(1);
});

test('returns a row once if an insert moves it to the next page', async () => {
  const before = rows(250);
  const after = [{ id: 'new' }, ...before];
  const list = listOf((read) => (read === 0 ? before : after));
  const { edges } = await connect(list, { first: 200 });
  const ids = edges.map(({ node }) => node);
  expect(new Set(ids).size).toBe(ids.length);
});

test('returns the last rows of a list that grows after its length was read', async () => {
  const list = listOf((read) => (read === 0 ? rows(99) : rows(103)));
  const { edges } = await connect(list, { last: 3 });
  expect(edges.map(({ node }) => node)).toEqual(['row-100', 'row-101', 'row-102']);
});

test('returns the last rows of a list that shrinks after its length was read', async () => {
  const list = listOf((read) => (read === 0 ? rows(103) : rows(99)));
  const { edges } = await connect(list, { last: 3 });
  expect(edges.map(({ node }) => node)).toEqual(['row-96', 'row-97', 'row-98']);
});

test('decodes a cursor to its offset, and no other text', () => {
  fc.assert(
    fc.property(fc.nat(), fc.string({ unit: 'binary' }), (offset, text) => {
      expect(decodeCursor(encodeCursor(offset))).toBe(offset);
      expect([undefined, text]).toContain(
        decodeCursor(text) === undefined ? undefined : encodeCursor(decodeCursor(text) as number),
      );
    }),
  );
});
