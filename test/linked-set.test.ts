import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { type LinkedEntry, LinkedSet } from '../src/linked-set.js';

setFlagsFromString('--expose-gc');
const collectGarbage: (options?: { type: 'minor' }) => void = runInNewContext('gc');

test('has what was added and not deleted, the oldest first', () => {
  const set = new LinkedSet<string>();
  const [first, , third, fourth] = ['a', 'b', 'c', 'd', 'e'].map((value) => set.add(value));
  for (const entry of [third, first, third, fourth]) set.delete(entry as LinkedEntry<string>);
  expect([...set]).toEqual(['b', 'e']);
});

test('is empty when the last value was deleted', () => {
  const set = new LinkedSet<string>();
  set.delete(set.add('a'));
  expect([...set]).toEqual([]);
});

test('allows that values are deleted while it is iterated', () => {
  const set = new LinkedSet<number>();
  const entries = [1, 2, 3].map((value) => set.add(value));
  const seen: number[] = [];
  for (const value of set) {
    seen.push(value);
    for (const entry of entries) set.delete(entry);
  }
  expect(seen).toEqual([1, 2, 3]);
  expect([...set]).toEqual([]);
});

test('keeps nothing that has left it until the next major collection', () => {
  const set = new LinkedSet<number[]>();
  const present: LinkedEntry<number[]>[] = [];
  const churn = (values: number): void => {
    for (let index = 0; index < values; index++) {
      present.push(set.add(new Array(100).fill(index)));
      if (present.length > 32) set.delete(present.shift() as LinkedEntry<number[]>);
      if (index % 1_000 === 0) collectGarbage({ type: 'minor' });
    }
  };
  churn(5_000);
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  churn(20_000);
  collectGarbage({ type: 'minor' });
  // With a Set in its place, it is 16 MB.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(4_000_000);
});
