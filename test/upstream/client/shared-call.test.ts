import { getEventListeners } from 'node:events';
import { setImmediate as settled } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { JoinableCalls } from '../../../src/upstream/client/coalescer.js';
import { type Course, Flight, Left } from '../../../src/upstream/client/shared-call.js';
import { rejection } from '../../support/scripted-upstream.js';

interface TestCall {
  readonly flight: Flight<string>;
  readonly signal: () => AbortSignal | undefined;
  readonly end: (answer: string) => void;
}

/** A call that ends when the test says so, or when it is aborted. */
function startCall(onEnd: () => void = () => {}): TestCall {
  let course: Course | undefined;
  let end: (answer: string) => void = () => {};
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  const flight = new Flight<string>((given) => {
    course = given;
    const aborted = new Promise<string>((_, reject) => {
      given.signal.addEventListener('abort', () => reject(given.signal.reason));
    });
    return Promise.race([ended, aborted]);
  }, onEnd);
  return { flight, signal: () => course?.signal, end };
}

const farOff = Number.MAX_SAFE_INTEGER;
const inOneHour = (): number => performance.now() + 3_600_000;

describe('a call that several wait for', () => {
  test('answers all of them', async () => {
    const call = startCall();
    const answers = [call.flight.board(inOneHour()), call.flight.board(inOneHour())];
    call.end('answer');
    expect(await Promise.all(answers)).toEqual(['answer', 'answer']);
  });

  test('goes on for the others when one leaves', async () => {
    const call = startCall();
    const leaver = new AbortController();
    const left = call.flight.board(inOneHour(), leaver.signal);
    const stays = call.flight.board(inOneHour());
    leaver.abort();
    expect(await rejection(left)).toMatchObject({ reason: 'aborted' });
    expect(call.signal()?.aborted).toBe(false);
    call.end('answer');
    expect(await stays).toBe('answer');
  });

  test('is aborted when the last one has left', async () => {
    const call = startCall();
    const leavers = [new AbortController(), new AbortController()];
    const answers = leavers.map(({ signal }) => rejection(call.flight.board(inOneHour(), signal)));
    await settled();
    leavers[0]?.abort();
    expect(call.signal()?.aborted).toBe(false);
    leavers[1]?.abort();
    expect(call.signal()?.reason).toMatchObject({ reason: 'aborted' });
    await Promise.all(answers);
  });

  test('outlives the deadline of the first for one who joined later', async () => {
    vi.useFakeTimers();
    try {
      const call = startCall();
      const first = rejection(call.flight.board(performance.now() + 100));
      await vi.advanceTimersByTimeAsync(60);
      const second = rejection(call.flight.board(performance.now() + 100));
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

  test('knows how long the most patient of them will wait', async () => {
    let remainingMs = 0;
    const flight = new Flight((course) => {
      remainingMs = course.remainingMs();
      return Promise.resolve('answer');
    });
    await Promise.all([flight.board(performance.now() + 1_000), flight.board(performance.now() + 60_000)]);
    expect(remainingMs).toBeGreaterThan(50_000);
    expect(remainingMs).toBeLessThanOrEqual(60_000);
  });

  test('starts aborted for one who has left already', async () => {
    const call = startCall();
    expect(await rejection(call.flight.board(inOneHour(), AbortSignal.abort()))).toBeInstanceOf(Left);
    await settled();
    expect(call.signal()?.aborted).toBe(true);
  });

  test('leaves no timer behind when it is answered', async () => {
    vi.useFakeTimers();
    try {
      const call = startCall();
      const answer = call.flight.board(performance.now() + 100);
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
    const answers = calls.map(({ flight }) => flight.board(inOneHour(), signal));
    expect(getEventListeners(signal, 'abort')).toHaveLength(20);
    for (const { end } of calls) end('answer');
    await Promise.all(answers);
    await settled();
    process.off('warning', note);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    expect(warnings).toEqual([]);
  });
});

describe('joining', () => {
  test('joins the same key, of the same turn only', () => {
    const calls = new JoinableCalls<object>();
    const first = calls.join('alice', '/tools', farOff, () => ({}));
    expect(calls.join('alice', '/tools', farOff, () => ({}))).toEqual({ call: first.call, joined: true });
    expect(calls.join('alice', '/agents', farOff, () => ({})).joined).toBe(false);
    expect(calls.join('bob', '/tools', farOff, () => ({})).joined).toBe(false);
  });

  test('takes nobody on to a call that has been out for too long', () => {
    vi.useFakeTimers();
    try {
      const calls = new JoinableCalls<object>();
      const stuck = calls.join('alice', '/tools', 100, () => ({}));
      vi.advanceTimersByTime(99);
      expect(calls.join('alice', '/tools', 100, () => ({})).call).toBe(stuck.call);
      vi.advanceTimersByTime(1);
      const fresh = calls.join('alice', '/tools', 100, () => ({}));
      expect(fresh.joined).toBe(false);
      expect(calls.join('alice', '/tools', 100, () => ({})).call).toBe(fresh.call);
    } finally {
      vi.useRealTimers();
    }
  });

  test('of one turn is ended without the others', () => {
    const calls = new JoinableCalls<object>();
    calls.join('alice', '/tools', farOff, () => ({}));
    calls.join('bob', '/tools', farOff, () => ({}));
    calls.endJoining('alice');
    expect(calls.join('alice', '/tools', farOff, () => ({})).joined).toBe(false);
    expect(calls.join('bob', '/tools', farOff, () => ({})).joined).toBe(true);
  });

  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('join' as const), key: fc.constantFrom('x', 'y') }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), nth: fc.nat(10) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), nth: fc.nat(10) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('write' as const) }) },
  );

  interface ModelCall {
    readonly test: TestCall;
    waiting: number;
    over: boolean;
  }

  test('keeps exactly the calls in flight that somebody waits for, and their answers apart', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const calls = new JoinableCalls<ModelCall>();
        const all: ModelCall[] = [];
        const joiners: { model: ModelCall; leave: AbortController; answer: Promise<unknown> }[] = [];
        let joinable = new Map<string, ModelCall>();

        for (const next of steps) {
          if (next.do === 'join') {
            const { call, joined } = calls.join('alice', next.key, farOff, (onEnd) => {
              const model = { test: startCall(onEnd), waiting: 0, over: false };
              all.push(model);
              return model;
            });
            expect(joined ? call : undefined).toBe(joinable.get(next.key));
            joinable.set(next.key, call);
            const leave = new AbortController();
            const boarded = call.test.flight.board(inOneHour(), leave.signal);
            joiners.push({ model: call, leave, answer: boarded.catch((error: unknown) => error) });
            call.waiting++;
          } else if (next.do === 'leave') {
            const joiner = joiners.filter(({ model, leave }) => !model.over && !leave.signal.aborted)[next.nth];
            if (joiner) {
              joiner.leave.abort();
              joiner.model.over = --joiner.model.waiting === 0;
            }
          } else if (next.do === 'end') {
            const model = all.filter(({ over }) => !over)[next.nth];
            model?.test.end(`answer ${all.indexOf(model)}`);
            if (model) model.over = true;
          } else {
            calls.endJoining('alice');
            joinable = new Map();
          }
          await settled();
          joinable = new Map([...joinable].filter(([, model]) => !model.over));
          expect(calls.size).toBe(joinable.size);
          for (const model of all) expect(model.test.signal()?.aborted).toBe(model.over && model.waiting === 0);
        }

        for (const model of all) model.test.end(`answer ${all.indexOf(model)}`);
        for (const { model, leave, answer } of joiners) {
          const got = await answer;
          if (leave.signal.aborted) expect(got).toBeInstanceOf(Left);
          else expect(got).toBe(`answer ${all.indexOf(model)}`);
        }
        await settled();
        expect(calls.size).toBe(0);
      }),
      { numRuns: 200 },
    );
  });
});
