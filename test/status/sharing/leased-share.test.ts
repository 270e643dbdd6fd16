import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LeasedShare } from '../../../src/status/sharing/redis/leased-share.js';
import type { Message } from '../../../src/status/sharing/redis/message.js';
import type { SharedState } from '../../../src/status/sharing/share.js';

type States = Extract<Message, { kind: 'states' }>;

const FOREVER = Number.POSITIVE_INFINITY;

test('ignores states with a lower lease number than received before', () => {
  const { share, taken } = createShare();
  share.listen(7);
  share.receive(states(8, 1, ['b']));
  share.receive(states(7, 2, ['a']));
  expect(taken).toEqual([['b']]);
});

test('ignores an answer of Redis that is older than a received message', () => {
  const { share, taken } = createShare();
  share.listen(7);
  share.receive(states(8, 1, ['b']));
  share.listen(7);
  share.receive(states(7, 2, ['a']));
  expect(taken).toEqual([['b']]);
});

test('accepts lower numbers after Redis was unavailable, because the clock of a new Redis may be behind', () => {
  const { share, taken } = createShare();
  share.listen(9);
  share.goAlone();
  share.listen(3);
  share.receive(states(3, 1, ['a']));
  expect(taken).toEqual([['a']]);
});

test('requests everything at the end of a round if a message was missed', () => {
  const { share, sent } = createShare();
  share.listen(7);
  share.receive({ ...states(7, 1, ['a']), isWhole: true });
  sent.length = 0;
  share.receive(states(7, 3, []));
  expect(sent).toEqual([{ kind: 'resend', to: 'self' }]);
});

test('requests everything again if a state conflicts with a newer poll of this instance', () => {
  const { share, sent } = createShare({ isTaken: false });
  share.listen(7);
  share.receive({ ...states(7, 1, ['a']), isWhole: true });
  sent.length = 0;
  share.receive(states(7, 1, []));
  expect(sent).toEqual([{ kind: 'resend', to: 'self' }]);
});

test('an instance that has just started does not send its incomplete state as complete', () => {
  const { share, sent, sentTo } = createShare();
  share.hold(FOREVER, 7);
  share.receive({ kind: 'resend', to: 'other' });
  share.roundEnded();
  expect(sentTo).toEqual([]);
  share.receive({ kind: 'resend', to: 'other' });
  expect(sentTo).toMatchObject([['other', { isWhole: true }]]);
  // The rest of the instances, which know everything, do not receive it.
  expect(sent).toMatchObject([{ states: [] }]);
});

test('publishes nothing with an expired lease, and polls again when it is renewed', () => {
  const { share, sent, holding } = createShare();
  share.hold(performance.now() - 1, 7);
  share.publish([state('a')]);
  share.roundEnded();
  expect(sent).toEqual([]);
  share.hold(FOREVER, 7);
  expect(holding).toEqual([true, true]);
});

test('a holder does not poll again when Redis is lost, but does when Redis is back', () => {
  const { share, holding } = createShare();
  share.hold(FOREVER, 7);
  share.goAlone();
  expect(holding).toEqual([true]);
  share.hold(FOREVER, 8);
  expect(holding).toEqual([true, true]);
});

test('a holder tells the others that the upstream cannot answer, although it knows no status itself', () => {
  const { share, sent } = createShare();
  share.hold(FOREVER, 7);
  share.roundFailed();
  expect(sent).toEqual([{ kind: 'outage', number: 7 }]);
});

test('only listeners hear of an outage, and not from an earlier holder', () => {
  const { share, taken } = createShare();
  share.hold(FOREVER, 6);
  share.receive({ kind: 'outage', number: 6 });
  share.listen(7);
  share.receive({ kind: 'outage', number: 6 });
  expect(taken).toEqual([]);
  share.receive({ kind: 'outage', number: 7 });
  expect(taken).toEqual([['outage']]);
});

test('in any order of messages, states of two leases are not mixed, and only listeners apply them', () => {
  const numbers = fc.integer({ min: 1, max: 5 });
  const step = fc.oneof(
    fc.record({ do: fc.constant('hold' as const), number: numbers }),
    fc.record({ do: fc.constant('listen' as const), number: numbers }),
    fc.record({ do: fc.constant('alone' as const) }),
    fc.record({ do: fc.constant('receive' as const), number: numbers, count: fc.nat(5), isWhole: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { share, taken } = createShare();
      let role = 'unknown';
      let highest = 0;
      for (const step of steps) {
        taken.length = 0;
        if (step.do === 'hold') share.hold(FOREVER, step.number);
        else if (step.do === 'alone') share.goAlone();
        else if (step.do === 'listen') {
          share.listen(step.number);
          highest = role === 'listen' ? Math.max(highest, step.number) : step.number;
        } else {
          share.receive({ ...states(step.number, step.count, ['a']), isWhole: step.isWhole });
          expect(taken.length).toBe(role === 'listen' && step.number >= highest ? 1 : 0);
          if (role === 'listen') highest = Math.max(highest, step.number);
        }
        if (step.do !== 'receive') role = step.do;
        expect(share.holds).toBe(role === 'hold' || role === 'alone');
      }
    }),
  );
});

test('all instances agree after two undisturbed polls, whatever was lost, delayed or sent by a frozen holder', () => {
  const instance = fc.nat(2);
  const step = fc.tuple(fc.constantFrom('change', 'poll', 'deliver', 'drop', 'move', 'tick', 'lose'), instance);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const net = createNetwork(3);
      for (const [what, n] of steps) net[what as keyof typeof net](n);
      for (const n of [0, 1, 2]) net.tick(n);
      for (let round = 0; round < 2; round++) {
        net.poll(net.holder());
        net.settle();
      }
      expect(net.known()).toEqual(Array(3).fill(net.known()[net.holder()]));
    }),
    { numRuns: 300 },
  );
});

/** A share whose listener and link only take notes. */
function createShare({ isTaken = true } = {}) {
  const taken: string[][] = [];
  const holding: boolean[] = [];
  const sent: Message[] = [];
  const sentTo: [instance: string, message: Message][] = [];
  const share = new LeasedShare(
    {
      onHoldingChange: (holds) => holding.push(holds),
      onStates: (states) => {
        taken.push(states.map(({ status }) => status));
        return isTaken;
      },
      onOutage: () => taken.push(['outage']),
      states: () => [],
    },
    {
      instance: 'self',
      publish: (message) => sent.push(message),
      publishTo: (instance, message) => sentTo.push([instance, message]),
      release() {},
      onClose() {},
    },
  );
  return { share, taken, holding, sent, sentTo };
}

/** Instances that share one tool; messages wait for each instance in the order they were sent. */
function createNetwork(size: number) {
  const queues: Message[][] = Array.from({ length: size }, () => []);
  const known: string[] = Array(size).fill('');
  let world = 0;
  let lease = { holder: 0, number: 1 };
  const shares = known.map(
    (_, n) =>
      new LeasedShare(
        {
          onHoldingChange() {},
          onStates(states) {
            known[n] = states[0]?.status ?? '';
            return true;
          },
          onOutage() {},
          states: () => [state(known[n] ?? '')],
        },
        {
          instance: String(n),
          publish: (message) => queues.map((queue) => queue.push(message)),
          publishTo: (instance, message) => queues[Number(instance)]?.push(message),
          release() {},
          onClose() {},
        },
      ),
  );
  const net = {
    holder: () => lease.holder,
    known: () => known,
    change: (n: number) => {
      world += 1;
      net.poll(n);
    },
    /** A poll of an instance that believes it holds the lease, also one that was frozen. */
    poll(n: number) {
      if (!shares[n]?.holds) return;
      const seen = String(world);
      if (known[n] !== seen) {
        known[n] = seen;
        shares[n]?.publish([state(seen)]);
      }
      shares[n]?.roundEnded();
    },
    deliver(n: number) {
      const message = queues[n]?.shift();
      if (message) shares[n]?.receive(message);
    },
    drop: (n: number) => queues[n]?.shift(),
    move(n: number) {
      if (n !== lease.holder) lease = { holder: n, number: lease.number + 1 };
    },
    tick(n: number) {
      if (n === lease.holder) shares[n]?.hold(FOREVER, lease.number);
      else shares[n]?.listen(lease.number);
    },
    lose: (n: number) => shares[n]?.goAlone(),
    /** Delivers everything. Fails if requests and answers never end. */
    settle() {
      for (let left = 2_000; queues.some((queue) => queue.length > 0); left--) {
        if (left === 0) throw new Error('they go on talking');
        for (let n = 0; n < size; n++) net.deliver(n);
      }
    },
  };
  for (let n = 0; n < size; n++) net.tick(n);
  return net;
}

function states(number: number, count: number, statuses: readonly string[]): States {
  return { kind: 'states', number, count, isWhole: false, states: statuses.map(state) };
}

function state(status: string): SharedState {
  return {
    toolId: 'desk',
    status,
    lastError: null,
    freshness: 'LIVE',
    removed: false,
    observedAt: '2026-11-21T12:00:00.000Z',
    ageMs: 0,
  };
}
