import { expect, test } from 'vitest';
import { Pace } from '../../src/status/poll/pace.js';

/** Half way between the earliest and the latest. */
const middle = () => 0.5;

test('the next poll starts an interval after the last one started', () => {
  expect(new Pace({ intervalMs: 1_000, random: middle }).afterSuccess(300)).toBe(700);
});

test('the next poll follows at once if a poll took longer than the interval', () => {
  expect(new Pace({ intervalMs: 1_000, random: middle }).afterSuccess(1_500)).toBe(0);
});

test.each([
  [0, 900],
  [1, 1_100],
])('polls are spread by a tenth of the interval (%d gives %d ms)', (random, pauseMs) => {
  expect(new Pace({ intervalMs: 1_000, random: () => random }).afterSuccess(0)).toBeCloseTo(pauseMs);
});

test('each failure doubles the pause, up to a minute', () => {
  const pace = new Pace({ intervalMs: 10_000, random: middle });
  expect([1, 2, 3, 4, 5].map(() => pace.afterFailure())).toEqual([10_000, 20_000, 40_000, 60_000, 60_000]);
});

test('an interval longer than a minute is not shortened by a failure', () => {
  expect(new Pace({ intervalMs: 600_000, random: middle }).afterFailure()).toBe(600_000);
});

test('a success after failures restores the interval', () => {
  const pace = new Pace({ intervalMs: 1_000, random: middle });
  pace.afterFailure();
  pace.afterFailure();
  expect(pace.afterSuccess(0)).toBe(1_000);
  expect(pace.afterFailure()).toBe(1_000);
});

test('no poll starts before the Retry-After of the upstream is over', () => {
  expect(new Pace({ intervalMs: 1_000, random: middle }).afterFailure(120)).toBe(120_000);
});
