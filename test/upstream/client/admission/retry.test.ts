import { describe, expect, test } from 'vitest';
import { UPSTREAM_LIMITS } from '../../../../src/limits.js';
import { type RetryOptions, RetryPolicy } from '../../../../src/upstream/client/admission/retry.js';
import { parseRetryAfter } from '../../../../src/upstream/client/admission/retry-after.js';
import type { Exchanged } from '../../../../src/upstream/client/exchange.js';

function answered(status: number, retryAfter?: string): Exchanged {
  const headers = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  return { kind: 'answered', status, headers, body: Buffer.alloc(0) };
}

function broken(kind: 'unreachable' | 'cut' | 'malformed', status?: number): Exchanged {
  return { kind, status, error: new Error('broken') };
}

/** A policy with an unlimited budget that always waits the longest it may. */
function patient(options: Partial<RetryOptions> = {}): RetryPolicy {
  return new RetryPolicy({ ...UPSTREAM_LIMITS.retry, budgetMax: 1_000, random: () => 1, now: () => 0, ...options });
}

describe('retrying a read', () => {
  test.each([502, 503, 504])('happens on %i, after a wait that doubles', (status) => {
    const policy = patient();
    expect(policy.waitMs(answered(status), 0, 5_000)).toBe(100);
    expect(policy.waitMs(answered(status), 1, 5_000)).toBe(200);
    expect(policy.waitMs(answered(status), 2, 5_000)).toBeUndefined();
  });

  test.each([200, 302, 400, 401, 403, 404, 408, 422, 500, 501])('never happens on %i', (status) => {
    expect(patient().waitMs(answered(status, '0'), 0, 5_000)).toBeUndefined();
  });

  test('waits anything from nothing to the backoff', () => {
    expect(patient({ random: () => 0 }).waitMs(answered(503), 0, 5_000)).toBe(0);
    expect(patient({ random: () => 0.5 }).waitMs(answered(503), 1, 5_000)).toBe(100);
  });

  test('happens on 429 only where it says when, and that is soon', () => {
    expect(patient().waitMs(answered(429), 0, 5_000)).toBeUndefined();
    expect(patient().waitMs(answered(429, '1'), 0, 5_000)).toBe(1_100);
    expect(patient().waitMs(answered(429, '2'), 0, 5_000)).toBe(2_100);
    expect(patient().waitMs(answered(429, '3'), 0, 5_000)).toBeUndefined();
    expect(patient().waitMs(answered(429, 'soon'), 0, 5_000)).toBeUndefined();
  });

  test('keeps to the time that a 503 asks for', () => {
    expect(patient().waitMs(answered(503, '1'), 0, 5_000)).toBe(1_100);
    expect(patient().waitMs(answered(503, '60'), 0, 60_000)).toBeUndefined();
  });

  test('never outlasts the time that is left', () => {
    expect(patient().waitMs(answered(503), 0, 100)).toBeUndefined();
    expect(patient().waitMs(answered(429, '1'), 0, 1_000)).toBeUndefined();
    expect(patient().waitMs(broken('cut'), 0, 0)).toBeUndefined();
  });

  test('replaces a connection that was reset before any answer at once, the first time', () => {
    expect(patient().waitMs(broken('cut'), 0, 5_000)).toBe(0);
    expect(patient().waitMs(broken('cut'), 1, 5_000)).toBe(200);
    expect(patient().waitMs(broken('cut', 200), 0, 5_000)).toBe(100);
  });

  test('happens where no connection was found, and never where the answer was no HTTP', () => {
    expect(patient().waitMs(broken('unreachable'), 0, 5_000)).toBe(100);
    expect(patient().waitMs(broken('malformed'), 0, 5_000)).toBeUndefined();
  });
});

describe('the retry budget', () => {
  /** How many of so many calls, each failing for ever, are tried again. */
  function retriesOf(calls: number, policy: RetryPolicy): number {
    let retries = 0;
    for (let i = 0; i < calls; i++) {
      policy.countCall();
      if (policy.waitMs(answered(503), 0, 5_000) !== undefined) retries++;
    }
    return retries;
  }

  test('keeps retries at 15 % of the calls when all fail', () => {
    const policy = new RetryPolicy({ ...UPSTREAM_LIMITS.retry, now: () => 0 });
    expect(retriesOf(1_000, policy)).toBeGreaterThan(140);
    expect(retriesOf(1_000, policy)).toBeLessThanOrEqual(151);
  });

  test('allows one a second whatever the traffic', () => {
    let now = 0;
    const policy = new RetryPolicy({ ...UPSTREAM_LIMITS.retry, budgetRatio: 0, now: () => now });
    expect(retriesOf(100, policy)).toBe(10);
    now = 1_000;
    expect(retriesOf(100, policy)).toBe(1);
    now = 3_600_000;
    expect(retriesOf(100, policy)).toBe(10);
  });

  test('is not touched by failures that are not retried', () => {
    const policy = new RetryPolicy({ ...UPSTREAM_LIMITS.retry, budgetRatio: 0, now: () => 0 });
    for (let i = 0; i < 100; i++) policy.waitMs(answered(500), 0, 5_000);
    expect(policy.waitMs(answered(503), 0, 5_000)).toBeDefined();
  });
});

describe('a Retry-After header', () => {
  const now = Date.parse('Sat, 21 Nov 2026 12:00:00 GMT');

  test.each([
    ['0', 0],
    ['7', 7],
    [' 7 ', 7],
    ['99999999999999999999999', 86_400],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['Sat, 21 Nov 2030 12:00:00 GMT', 86_400],
  ])('%j means %i seconds', (value, seconds) => {
    expect(parseRetryAfter(value, now)).toBe(seconds);
  });

  test.each([
    undefined,
    '',
    '-1',
    '1.5',
    '1e3',
    'soon',
    'Sat 1',
    '2026-11-21T12:00:30Z',
    'Xyz, 99 Foo 2026 99:99:99 GMT',
  ])('%j means nothing', (value) => {
    expect(parseRetryAfter(value, now)).toBeUndefined();
  });
});
