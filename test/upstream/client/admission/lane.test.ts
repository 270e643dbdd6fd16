import { getEventListeners, setMaxListeners } from 'node:events';
import { setImmediate as settled } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Lane, LaneFull, type LaneOptions, type Release } from '../../../../src/upstream/client/admission/lane.js';

const never = new AbortController().signal;
setMaxListeners(0, never);

function createLane(options: Partial<LaneOptions> = {}): Lane {
  return new Lane({ max: 4, maxWaiting: 1_000, maxWaitingPerCaller: 500, ...options });
}

/** Asks for a place for each identity in order, and notes in `served` who got one when. */
function queueUp(lane: Lane, identities: string, served: { identity: string; release: Release }[]): void {
  for (const identity of identities) {
    lane.acquire(identity, never).then((release) => served.push({ identity, release }));
  }
}

describe('a lane', () => {
  test('lets no more calls through than it has places', async () => {
    const served: { identity: string; release: Release }[] = [];
    queueUp(createLane(), 'aaaaaa', served);
    await settled();
    expect(served).toHaveLength(4);
    served[0]?.release();
    await settled();
    expect(served).toHaveLength(5);
  });

  test('frees a place once, however often it is given back', async () => {
    const served: { identity: string; release: Release }[] = [];
    queueUp(createLane({ max: 1 }), 'abc', served);
    await settled();
    served[0]?.release();
    served[0]?.release();
    await settled();
    expect(served.map(({ identity }) => identity)).toEqual(['a', 'b']);
  });

  test('serves waiting callers in identities, not in the order of their calls', async () => {
    const served: { identity: string; release: Release }[] = [];
    queueUp(createLane({ max: 1 }), 'aaaabbc', served);
    for (let i = 0; i < 7; i++) {
      await settled();
      served[i]?.release();
    }
    expect(served.map(({ identity }) => identity).join('')).toBe('aabcaba');
  });

  test('gives the next places to others while a caller holds half of it or more', async () => {
    const served: { identity: string; release: Release }[] = [];
    const lane = createLane();
    queueUp(lane, 'aaaaaaaa', served);
    queueUp(lane, 'bbb', served);
    await settled();
    for (const { release } of served.slice(0, 2)) release();
    await settled();
    expect(served.map(({ identity }) => identity).join('')).toBe('aaaabb');
  });

  test('refuses beyond its number of waiters, in all and of one identity', async () => {
    const lane = createLane({ max: 1, maxWaiting: 3, maxWaitingPerCaller: 2 });
    queueUp(lane, 'xaa', []);
    await expect(lane.acquire('a', never)).rejects.toBeInstanceOf(LaneFull);
    queueUp(lane, 'b', []);
    await expect(lane.acquire('c', never)).rejects.toBeInstanceOf(LaneFull);
  });

  test('frees the place in the queue of a caller who leaves, and passes him over', async () => {
    const served: { identity: string; release: Release }[] = [];
    const lane = createLane({ max: 1, maxWaiting: 1 });
    queueUp(lane, 'x', served);
    const leaver = new AbortController();
    const waiting = lane.acquire('a', leaver.signal);
    leaver.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    queueUp(lane, 'b', served);
    await settled();
    served[0]?.release();
    await settled();
    expect(served.map(({ identity }) => identity)).toEqual(['x', 'b']);
  });

  test('does not listen to the signal of a caller any more once he has a place', async () => {
    const lane = createLane({ max: 1 });
    const { signal } = new AbortController();
    const first = await lane.acquire('a', signal);
    const second = lane.acquire('a', signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    first();
    await second;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  test('tells how many hold a place and how many wait', async () => {
    const lane = createLane({ max: 1 });
    const load = (): [number, number] => [lane.active, lane.waiting];
    const release = await lane.acquire('a', never);
    expect(load()).toEqual([1, 0]);
    const leaver = new AbortController();
    lane.acquire('b', leaver.signal).catch(() => {});
    expect(load()).toEqual([1, 1]);
    leaver.abort();
    expect(load()).toEqual([1, 0]);
    release();
    expect(load()).toEqual([0, 0]);
  });

  const step = fc.oneof(
    fc.record({ do: fc.constant('ask' as const), identity: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ do: fc.constant('release' as const), nth: fc.nat(20) }),
    fc.record({ do: fc.constant('leave' as const), nth: fc.nat(20) }),
  );

  test('is fair and never idle while somebody waits, whatever its callers do', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(step, { maxLength: 60 }), async (max, steps) => {
        const lane = createLane({ max });
        const share = Math.ceil(max / 2);
        const active: { identity: string; release: Release }[] = [];
        const waiting: { identity: string; leave: AbortController }[] = [];
        const activeOf = (identity: string): number => active.filter((held) => held.identity === identity).length;

        for (const next of steps) {
          const others = new Set(waiting.map(({ identity }) => identity));
          const before = active.length;
          if (next.do === 'ask') {
            const waiter = { identity: next.identity, leave: new AbortController() };
            waiting.push(waiter);
            lane.acquire(next.identity, waiter.leave.signal).then(
              (release) => {
                waiting.splice(waiting.indexOf(waiter), 1);
                active.push({ identity: next.identity, release });
              },
              () => waiting.splice(waiting.indexOf(waiter), 1),
            );
          } else if (next.do === 'release') {
            active.splice(next.nth % (active.length || 1), 1)[0]?.release();
          } else {
            waiting[next.nth % (waiting.length || 1)]?.leave.abort();
          }
          await settled();

          expect(active.length).toBeLessThanOrEqual(max);
          if (waiting.length > 0) expect(active).toHaveLength(max);
          if (next.do === 'release' && before > 0 && others.size > 1) {
            const granted = active.at(-1)?.identity ?? '';
            expect(activeOf(granted)).toBeLessThanOrEqual(share);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
