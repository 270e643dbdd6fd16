import type { RedisConnection } from '../../src/status/sharing/redis/connection.js';
import { ACQUIRE, RELEASE } from '../../src/status/sharing/redis/lease-scripts.js';
import type { Recording } from './recording.js';

/** The way to Redis and back. */
const ANSWER_MS = 1;

/** The connections of one instance. */
export interface FakeConnection extends RedisConnection {
  /** The instance has died: nothing reaches Redis from it any more, and nothing reaches it. */
  cut(): void;
}

type Receive = (channel: string, text: string) => void;

interface Lease {
  readonly instance: string;
  readonly number: number;
  until: number;
}

/** One Redis with what live status needs: leases and pub/sub. It does in JavaScript what the scripts of the leases do. */
export class FakeRedis {
  readonly #recording: Recording;
  readonly #leases = new Map<string, Lease>();
  readonly #channels = new Map<string, Set<Receive>>();
  #numbers = 0;
  #arriving: (() => void)[] = [];

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  connect(onChange: (isUp: boolean) => void): FakeConnection {
    let receive: Receive = () => {};
    let isCut = false;
    const subscribed = new Set<string>();
    const deliver: Receive = (channel, text) => {
      if (!isCut) receive(channel, text);
    };
    const send = <Value>(parts: readonly (string | number)[], run: () => Value): Promise<Value> => {
      if (isCut) return new Promise(() => {});
      this.#count(1, parts);
      return new Promise((resolve) => {
        this.#later(() => {
          const answer = run();
          this.#later(() => isCut || resolve(answer));
        });
      });
    };
    const leave = (channel: string): void => {
      subscribed.delete(channel);
      this.#channels.get(channel)?.delete(deliver);
    };
    this.#later(() => onChange(true));
    return {
      commands: {
        status: 'ready',
        info: (section) => send(['INFO', section], () => ''),
        set: (key, value, unit, ms) => send(['SET', key, value, unit, ms], () => 'OK'),
        eval: (script, keys, ...values) =>
          send(['EVAL', script, keys, ...values], () => this.#run(script, values.map(String))),
        publish: (channel, text) => send(['PUBLISH', channel, text], () => this.#publish(channel, text)),
      },
      listener: {
        status: 'ready',
        subscribe: (channel) =>
          send(['SUBSCRIBE', channel], () => {
            subscribed.add(channel);
            this.#channels.set(channel, (this.#channels.get(channel) ?? new Set()).add(deliver));
          }),
        unsubscribe: (channel) => send(['UNSUBSCRIBE', channel], () => leave(channel)),
        ping: () => send(['PING'], () => 'PONG'),
        on(_event, listener) {
          receive = listener;
        },
      },
      onUsable() {},
      onFailure(error) {
        throw error;
      },
      cut() {
        isCut = true;
        for (const channel of subscribed) leave(channel);
      },
      async close() {},
    };
  }

  #run(script: string, [key = '', ...values]: readonly string[]): unknown {
    const now = performance.now();
    const lease = this.#leases.get(key);
    const isHeld = lease !== undefined && now < lease.until;
    if (script === ACQUIRE) {
      const [, instance = '', leaseMs] = values;
      if (isHeld && lease.instance !== instance) return [0, String(lease.number)];
      const number = isHeld ? lease.number : ++this.#numbers;
      this.#leases.set(key, { instance, number, until: now + Number(leaseMs) });
      return [1, String(number)];
    }
    if (script !== RELEASE) throw new Error('The simulation does not know this script.');
    const [instance, channel = '', text = ''] = values;
    if (!isHeld || lease.instance !== instance) return null;
    this.#leases.delete(key);
    return this.#publish(channel, text);
  }

  #publish(channel: string, text: string): number {
    const receivers = [...(this.#channels.get(channel) ?? [])];
    this.#later(() => {
      for (const deliver of receivers) {
        this.#count(0, ['message', channel, text]);
        deliver(channel, text);
      }
    });
    return receivers.length;
  }

  /** Bytes as they are on the wire: each part has its length before it, and line breaks. */
  #count(commands: number, parts: readonly (string | number)[]): void {
    const now = performance.now();
    if (commands > 0) this.#recording.add('commands', now, commands);
    this.#recording.add(
      'redisBytes',
      now,
      parts.reduce<number>((sum, part) => sum + String(part).length + 8, 6),
    );
  }

  #later(run: () => void): void {
    if (this.#arriving.length === 0) {
      setTimeout(() => {
        const arrived = this.#arriving;
        this.#arriving = [];
        for (const one of arrived) one();
      }, ANSWER_MS);
    }
    this.#arriving.push(run);
  }
}
