import { getEventListeners } from 'node:events';
import { setImmediate as settled } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { AbortLike } from '../../../src/light-abort.js';
import { Coalescer } from '../../../src/upstream/client/coalescer.js';
import { Cancelled, SharedCall, type SharedScope } from '../../../src/upstream/client/shared-call.js';
import { rejection } from '../../support/scripted-upstream.js';

interface TestCall {
  readonly shared: SharedCall<string>;
  readonly signal: () => AbortLike | undefined;
  readonly end: (answer: string) => void;
}

/** A call that ends when the test says so, or when it is aborted. */
function startCall(onEnd: () => void = () => {}): TestCall {
  let scope: SharedScope | undefined;
  let end: (answer: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const shared = new SharedCall<string>((given) => {
    scope = given;
    const aborted = new Promise<string>((_, reject) => {
      given.signal.addEventListener('abort', () => reject(given.signal.reason));
    });
    return Promise.race([ended, aborted]);
  }, onEnd);
  return { shared, signal: () => scope?.signal, end };
}

const farOff = Number.MAX_SAFE_INTEGER;
const inOneHour = (): number => performance.now() + 3_600_000;

describe('a call that several wait for', () => {
  test('answers all of them', async () => {
    const call = startCall();
    const answers = [call.shared.wait(inOneHour()), call.shared.wait(inOneHour())];
    call.end('answer');
    expect(await Promise.all(answers)).toEqual(['answer', 'answer']);
  });

  test('continues for the others when one stops waiting', async () => {
    const call = startCall();
    const leaver = new AbortController();
    const left = call.shared.wait(inOneHour(), leaver.signal);
    const stays = call.shared.wait(inOneHour());
    leaver.abort();
    expect(await rejection(left)).toMatchObject({ reason: 'aborted' });
    expect(call.signal()?.aborted).toBe(false);
    call.end('answer');
    expect(await stays).toBe('answer');
  });

  test('is aborted when the last one stops waiting', async () => {
    const call = startCall();
    const leavers = [new AbortController(), new AbortController()];
    const answers = leavers.map(({ signal }) => rejection(call.shared.wait(inOneHour(), signal)));
    await settled();
    leavers[0]?.abort();
    expect(call.signal()?.aborted).toBe(false);
    leavers[1]?.abort();
    expect(call.signal()?.reason).toMatchObject({ reason: 'aborted' });
    await Promise.all(answers);
  });

  test('outlives the deadline of the first for one who came later', async () => {
    vi.useFakeTimers();
    try {
      const call = startCall();
      const first = rejection(call.shared.wait(performance.now() + 100));
      await vi.advanceTimersByTimeAsync(60);
      const second = rejection(call.shared.wait(performance.now() + 100));
      await vi.advanceTimersByTimeAsync(50);
      expect(await first).toMatchObject({ reason: 'deadline' });
      expect(call.signal()?.aborted).toBe(false);
      await vi.advanceTimersByTimeAsync(60);
      expect(await second).toMatchObject({ reason: 'deadline' });
      expect(call.signal()?.aborted).toBe(true);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test('knows the latest deadline of its waiters', async () => {
    let remainingMs = 0;
    const shared = new SharedCall((scope) => {
      remainingMs = scope.remainingMs();
      return Promise.resolve('answer');
    });
    await Promise.all([shared.wait(performance.now() + 1_000), shared.wait(performance.now() + 60_000)]);
    expect(remainingMs).toBeGreaterThan(50_000);
    expect(remainingMs).toBeLessThanOrEqual(60_000);
  });

  test('is aborted at once if its only waiter is already aborted', async () => {
    const call = startCall();
    expect(await rejection(call.shared.wait(inOneHour(), AbortSignal.abort()))).toBeInstanceOf(Cancelled);
    await settled();
    expect(call.signal()?.aborted).toBe(true);
  });

  test('leaves no timer behind when it is answered', async () => {
    vi.useFakeTimers();
    try {
      const call = startCall();
      const answer = call.shared.wait(performance.now() + 100);
      expect(vi.getTimerCount()).toBe(1);
      call.end('answer');
      await answer;
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  test('leaves no listener behind, of twenty calls on one signal', async () => {
    const { signal } = new AbortController();
    const warnings: Error[] = [];
    const note = (warning: Error): number => warnings.push(warning);
    process.on('warning', note);
    const calls = Array.from({ length: 20 }, () => startCall());
    const answers = calls.map(({ shared }) => shared.wait(inOneHour(), signal));
    expect(getEventListeners(signal, 'abort')).toHaveLength(20);
    for (const { end } of calls) end('answer');
    await Promise.all(answers);
    await settled();
    process.off('warning', note);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(warnings).toEqual([]);
  });
});

describe('coalescing', () => {
  test('shares the call of the same key and the same identity only', () => {
    const calls = new Coalescer<object>();
    const first = calls.startOrCoalesce('alice', '/tools', farOff, () => ({}));
    expect(calls.startOrCoalesce('alice', '/tools', farOff, () => ({}))).toEqual({ call: first.call, coalesced: true });
    expect(calls.startOrCoalesce('alice', '/agents', farOff, () => ({})).coalesced).toBe(false);
    expect(calls.startOrCoalesce('bob', '/tools', farOff, () => ({})).coalesced).toBe(false);
  });

  test('does not add a waiter to a call that has been in flight for too long', () => {
    vi.useFakeTimers();
    try {
      const calls = new Coalescer<object>();
      const stuck = calls.startOrCoalesce('alice', '/tools', 100, () => ({}));
      vi.advanceTimersByTime(99);
      expect(calls.startOrCoalesce('alice', '/tools', 100, () => ({})).call).toBe(stuck.call);
      vi.advanceTimersByTime(1);
      const fresh = calls.startOrCoalesce('alice', '/tools', 100, () => ({}));
      expect(fresh.coalesced).toBe(false);
      expect(calls.startOrCoalesce('alice', '/tools', 100, () => ({})).call).toBe(fresh.call);
    } finally {
      vi.useRealTimers();
    }
  });

  test('stops for one identity without the others', () => {
    const calls = new Coalescer<object>();
    calls.startOrCoalesce('alice', '/tools', farOff, () => ({}));
    calls.startOrCoalesce('bob', '/tools', farOff, () => ({}));
    calls.stopCoalescing('alice');
    expect(calls.startOrCoalesce('alice', '/tools', farOff, () => ({})).coalesced).toBe(false);
    expect(calls.startOrCoalesce('bob', '/tools', farOff, () => ({})).coalesced).toBe(true);
  });

  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('ask' as const), key: fc.constantFrom('x', 'y') }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), nth: fc.nat(10) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), nth: fc.nat(10) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('write' as const) }) },
  );

  interface ModelCall {
    readonly test: TestCall;
    waiting: number;
    over: boolean;
  }

  test('keeps exactly the calls in flight that have a waiter, and their answers apart', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const calls = new Coalescer<ModelCall>();
        const all: ModelCall[] = [];
        const waiters: { model: ModelCall; leave: AbortController; answer: Promise<unknown> }[] = [];
        let open = new Map<string, ModelCall>();

        for (const next of steps) {
          if (next.do === 'ask') {
            const { call, coalesced } = calls.startOrCoalesce('alice', next.key, farOff, (onEnd) => {
              const model = { test: startCall(onEnd), waiting: 0, over: false };
              all.push(model);
              return model;
            });
            expect(coalesced ? call : undefined).toBe(open.get(next.key));
            open.set(next.key, call);
            const leave = new AbortController();
            const pending = call.test.shared.wait(inOneHour(), leave.signal);
            waiters.push({ model: call, leave, answer: pending.catch((error: unknown) => error) });
            call.waiting++;
          } else if (next.do === 'leave') {
            const waiter = waiters.filter(({ model, leave }) => !model.over && !leave.signal.aborted)[next.nth];
            if (waiter) {
              waiter.leave.abort();
              waiter.model.over = --waiter.model.waiting === 0;
            }
          } else if (next.do === 'end') {
            const model = all.filter(({ over }) => !over)[next.nth];
            model?.test.end(`answer ${all.indexOf(model)}`);
            if (model) model.over = true;
          } else {
            calls.stopCoalescing('alice');
            open = new Map();
          }
          await settled();
          open = new Map([...open].filter(([, model]) => !model.over));
          expect(calls.size).toBe(open.size);
          for (const model of all) expect(model.test.signal()?.aborted).toBe(model.over && model.waiting === 0);
        }

        for (const model of all) model.test.end(`answer ${all.indexOf(model)}`);
        for (const { model, leave, answer } of waiters) {
          const got = await answer;
          if (leave.signal.aborted) expect(got).toBeInstanceOf(Cancelled);
          else expect(got).toBe(`answer ${all.indexOf(model)}`);
        }
        await settled();
        expect(calls.size).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
