import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Feed, Mailbox } from '../../src/status/mailbox.js';
import type { Observation, ToolChange } from '../../src/status/observation.js';

const DONE = { done: true, value: undefined };

describe('Mailbox', () => {
  test('joins its feeds at the first next, not before', async () => {
    const feed = createFeed();
    const mailbox = new Mailbox([feed]);
    expect(feed.joined).toBe(0);
    void mailbox.next();
    void mailbox.next();
    expect(feed.joined).toBe(1);
    await mailbox.return();
  });

  test('a watcher that leaves before its first next joins nothing', async () => {
    const feed = createFeed();
    const mailbox = new Mailbox([feed]);
    await mailbox.return();
    expect(await mailbox.next()).toEqual(DONE);
    expect(feed.joined).toBe(0);
  });

  test('a change that is undone before it is read is not delivered', async () => {
    const { mailbox, feed } = await startedWith('healthy');
    mailbox.put(seen('desk', 'unavailable'));
    mailbox.put(seen('desk', 'healthy'));
    mailbox.finish(feed);
    expect(await mailbox.next()).toEqual(DONE);
  });

  test('of several changes only the last is delivered, with the status delivered before', async () => {
    const { mailbox } = await startedWith('healthy');
    mailbox.put(seen('desk', 'unavailable'));
    mailbox.put(seen('desk', 'needs_auth'));
    expect(summary((await mailbox.next()).value)).toEqual({ status: 'needs_auth', previousStatus: 'healthy' });
  });

  test('a failure rejects a pending next', async () => {
    const { mailbox, feed } = await startedWith('healthy');
    const waiting = mailbox.next();
    mailbox.fail(new Error('expired'));
    await expect(waiting).rejects.toThrow('expired');
    expect(await mailbox.next()).toEqual(DONE);
    expect(feed.left).toBe(1);
  });

  test('a failure is delivered after pending changes', async () => {
    const { mailbox } = await startedWith('healthy');
    mailbox.put(seen('desk', 'unavailable'));
    mailbox.fail(new Error('expired'));
    expect(summary((await mailbox.next()).value)).toMatchObject({ status: 'unavailable' });
    await expect(mailbox.next()).rejects.toThrow('expired');
  });

  test('a pending next resolves as done when the last feed ends', async () => {
    const first = createFeed();
    const second = createFeed();
    const mailbox = new Mailbox([first, second]);
    const waiting = mailbox.next();
    mailbox.finish(first);
    mailbox.finish(second);
    expect(await waiting).toEqual(DONE);
  });

  test('return resolves every pending next as done', async () => {
    const mailbox = new Mailbox([createFeed()]);
    const waiting = [mailbox.next(), mailbox.next()];
    await mailbox.return();
    expect(await Promise.all(waiting)).toEqual([DONE, DONE]);
  });

  test('reports its start and end once', async () => {
    const events: string[] = [];
    const mailbox = new Mailbox([createFeed()], {
      onStart: () => events.push('start'),
      onEnd: () => events.push('end'),
    });
    void mailbox.next();
    await mailbox.return();
    await mailbox.return();
    mailbox.fail(new Error('late'));
    expect(events).toEqual(['start', 'end']);
  });

  test('a watcher receives the last state of each tool, however many changes come before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(put, fc.constant('next' as const)), { maxLength: 60 }), async (steps) => {
        const feed = createFeed();
        const mailbox = new Mailbox([feed]);
        const results = [mailbox.next()];
        const last = new Map<string, Observation>();
        for (const step of steps) {
          if (step === 'next') results.push(mailbox.next());
          else {
            mailbox.put(step);
            last.set(step.key, step);
          }
        }
        mailbox.finish(feed);
        const received = (await Promise.all(results)).flatMap(({ value }) => value ?? []);
        for (let rest = await mailbox.next(); !rest.done; rest = await mailbox.next()) received.push(rest.value);
        expect(statesOf(received)).toEqual(new Map([...last].map(([key, { status }]) => [key, status])));
      }),
    );
  });

  test('no event repeats the previous one, and each has the status of the previous one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.oneof(put, fc.constant('next' as const)), { maxLength: 60 }), async (steps) => {
        const mailbox = new Mailbox([createFeed()]);
        const results = [mailbox.next()];
        for (const step of steps) {
          if (step === 'next') results.push(mailbox.next());
          else mailbox.put(step);
        }
        await mailbox.return();
        const known = new Map<string, Observation>();
        for (const { value } of await Promise.all(results)) {
          if (!value) continue;
          const { observation, previousStatus } = value;
          const before = known.get(observation.key);
          expect(previousStatus).toBe(before?.status ?? null);
          expect([before?.status, before?.freshness]).not.toEqual([observation.status, observation.freshness]);
          known.set(observation.key, observation);
        }
      }),
    );
  });

  test('at most one event per tool is pending', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(put, { maxLength: 60 }), async (observations) => {
        const feed = createFeed();
        const mailbox = new Mailbox([feed]);
        // The first next is answered by the first observation; no next is called while the others arrive.
        const first = mailbox.next();
        for (const observation of observations) mailbox.put(observation);
        mailbox.finish(feed);
        await first;
        const rest: string[] = [];
        for (let next = await mailbox.next(); !next.done; next = await mailbox.next()) {
          rest.push(next.value.observation.key);
        }
        expect(rest).toEqual([...new Set(rest)]);
      }),
    );
  });

  test('delivers nothing after return', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(put), fc.array(put), async (before, after) => {
        const mailbox = new Mailbox([createFeed()]);
        void mailbox.next();
        for (const observation of before) mailbox.put(observation);
        await mailbox.return();
        for (const observation of after) mailbox.put(observation);
        expect(await mailbox.next()).toEqual(DONE);
      }),
    );
  });
});

const put = fc
  .record({
    id: fc.constantFrom('desk', 'wiki', 'mail'),
    status: fc.constantFrom('healthy', 'unavailable', 'needs_auth'),
    freshness: fc.constantFrom('LIVE' as const, 'STALE' as const),
  })
  .map(({ id, status, freshness }) => seen(id, status, freshness));

function seen(id: string, status: string, freshness: 'LIVE' | 'STALE' = 'LIVE'): Observation {
  return {
    tool: { tenantId: 'default', projectId: 'lab', toolId: id },
    key: `default/lab/${id}`,
    status,
    lastError: null,
    freshness,
    removed: false,
    observedAt: '2026-01-01T00:00:00.000Z',
    stored: async () => null,
  };
}

function createFeed(): Feed & { joined: number; left: number } {
  return {
    joined: 0,
    left: 0,
    join() {
      this.joined += 1;
    },
    leave() {
      this.left += 1;
    },
  };
}

/** A mailbox that has delivered this status of the tool `desk`. */
async function startedWith(status: string) {
  const feed = createFeed();
  const mailbox = new Mailbox([feed]);
  const first = mailbox.next();
  mailbox.put(seen('desk', status));
  await first;
  return { mailbox, feed };
}

function summary(change: ToolChange | undefined) {
  return change && { status: change.observation.status, previousStatus: change.previousStatus };
}

function statesOf(changes: readonly ToolChange[]): Map<string, string> {
  return new Map(changes.map(({ observation }) => [observation.key, observation.status]));
}
