import { beforeEach, describe, expect, test } from 'vitest';
import { Breaker, type BreakerState, type Report } from '../../../../src/upstream/client/admission/breaker.js';
import type { Verdict } from '../../../../src/upstream/client/admission/outcomes.js';

let now: number;
let changes: BreakerState[];
let breaker: Breaker;

beforeEach(() => {
  now = 0;
  changes = [];
  breaker = new Breaker({
    windowMs: 10_000,
    maxOutcomes: 200,
    minAttempts: 4,
    openMs: 5_000,
    onChange: (state) => changes.push(state),
    now: () => now,
  });
});

/** One attempt of this identity that ends with this verdict. */
function attempt(identity: string, verdict: Verdict, times = 1): void {
  for (let i = 0; i < times; i++) admitted(identity)(verdict);
}

function admitted(identity: string): Report {
  const report = breaker.admit(identity);
  if (!report) throw new Error(`${identity} was refused`);
  return report;
}

describe('the breaker', () => {
  test('opens for all callers when the upstream cannot be reached, even if only one caller has tried', () => {
    attempt('alice', 'unreachable', 4);
    expect(breaker.admit('alice')).toBeUndefined();
    expect(breaker.admit('bob')).toBeUndefined();
    expect(breaker.retryAfter).toBe(5);
  });

  test('stays closed below the minimum number of attempts', () => {
    attempt('alice', 'unreachable', 3);
    expect(breaker.state).toBe('closed');
  });

  test('stays closed while most attempts succeed', () => {
    attempt('alice', 'alive', 5);
    attempt('alice', 'unreachable', 4);
    expect(breaker.state).toBe('closed');
  });

  test('judges by the latest two hundred attempts', () => {
    attempt('alice', 'alive', 1_000);
    attempt('alice', 'unreachable', 99);
    expect(breaker.state).toBe('closed');
    attempt('alice', 'unreachable');
    expect(breaker.state).toBe('open');
  });

  test('forgets what is older than its window', () => {
    attempt('alice', 'unreachable', 3);
    now = 10_001;
    attempt('alice', 'unreachable');
    expect(breaker.state).toBe('closed');
  });

  test('stays closed when one caller fails, however often, and another does not', () => {
    attempt('bob', 'alive', 2);
    attempt('alice', 'failing', 100);
    expect(breaker.state).toBe('closed');
  });

  test('does not count a caller with one failure as a failing caller', () => {
    attempt('bob', 'alive', 2);
    attempt('bob', 'failing');
    attempt('carol', 'alive', 2);
    attempt('alice', 'failing', 100);
    expect(breaker.state).toBe('closed');
  });

  test('stays closed when most callers are served, though the failing ones call most', () => {
    for (const identity of ['carol', 'dave', 'erin']) attempt(identity, 'alive', 2);
    attempt('alice', 'failing', 50);
    attempt('bob', 'failing', 50);
    expect(breaker.state).toBe('closed');
  });

  test('opens when two callers fail', () => {
    attempt('alice', 'failing', 2);
    attempt('bob', 'failing', 2);
    expect(breaker.state).toBe('open');
  });

  test('opens for a failing caller that is alone, and lets the next one try', () => {
    attempt('alice', 'failing', 4);
    expect(breaker.admit('alice')).toBeUndefined();
    attempt('bob', 'alive');
    expect(breaker.state).toBe('closed');
  });

  test('lets another caller try even while the one that was alone tries again', () => {
    attempt('alice', 'failing', 4);
    now = 5_000;
    const hers = admitted('alice');
    attempt('bob', 'alive');
    hers('failing');
    expect(breaker.state).toBe('closed');
  });

  test('stays open for all callers when the next caller fails as well', () => {
    attempt('alice', 'failing', 4);
    attempt('bob', 'failing');
    expect(breaker.admit('carol')).toBeUndefined();
    expect(breaker.admit('alice')).toBeUndefined();
  });

  test('never counts what says nothing about the upstream', () => {
    attempt('alice', 'none', 100);
    attempt('bob', 'none', 100);
    expect(breaker.state).toBe('closed');
  });

  test('lets one attempt through after a while, and closes when it succeeds', () => {
    attempt('alice', 'unreachable', 4);
    now = 4_999;
    expect(breaker.refuses('alice')).toBe(true);
    now = 5_000;
    expect(breaker.refuses('alice')).toBe(false);
    const report = admitted('alice');
    expect(breaker.admit('bob')).toBeUndefined();
    report('alive');
    attempt('bob', 'alive', 10);
    expect(changes).toEqual(['open', 'half-open', 'closed']);
  });

  test('opens again when that attempt fails', () => {
    attempt('alice', 'unreachable', 4);
    now = 5_000;
    attempt('alice', 'failing');
    expect(breaker.admit('alice')).toBeUndefined();
    expect(changes).toEqual(['open', 'half-open', 'open']);
  });

  test('lets the next one try at once when that attempt has no verdict', () => {
    attempt('alice', 'unreachable', 4);
    now = 5_000;
    attempt('alice', 'none');
    attempt('bob', 'alive');
    expect(breaker.state).toBe('closed');
  });

  test('does not wait forever for an attempt that hangs, and ignores it once another has started', () => {
    attempt('alice', 'unreachable', 4);
    now = 5_000;
    const hangs = admitted('alice');
    now = 10_000;
    const next = admitted('bob');
    hangs('failing');
    expect(breaker.state).toBe('half-open');
    next('alive');
    expect(breaker.state).toBe('closed');
  });

  test('ignores how attempts end that began before it opened', () => {
    const early = admitted('alice');
    attempt('alice', 'unreachable', 4);
    early('alive');
    expect(breaker.state).toBe('open');
  });
});
