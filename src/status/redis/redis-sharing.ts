import { randomUUID } from 'node:crypto';
import type { Logger } from '../../log.js';
import { hashOf, type Share, type ShareListener, type Sharing, type TouchListener } from '../share.js';
import { adviceFor, connectRedis, type RedisConnection } from './connection.js';
import { ACQUIRE, RELEASE } from './lease-script.js';
import { type Message, readMessage } from './message.js';
import { RedisShare } from './redis-share.js';

const PREFIX = 'agent-tools';
const TOUCHES = `${PREFIX}:touched`;

/** A lease lives so many intervals without being renewed, and is asked for three times in that time. */
const LEASE_INTERVALS = 1.2;
const RENEWALS = 3;

export interface RedisSharingOptions {
  readonly url: string;
  readonly intervalMs: number;
  readonly log: Logger;
  readonly onTouch: TouchListener;
  readonly onState: (isUp: boolean) => void;
}

interface Opened {
  readonly share: RedisShare;
  readonly hash: string;
}

/**
 * Shares watches through Redis. Keys and channels are named by hashes; what is said holds no credential. While Redis is away,
 * every instance looks for itself, and they share again when it is back.
 */
export class RedisSharing implements Sharing {
  readonly #options: RedisSharingOptions;
  readonly #instance = randomUUID();
  readonly #leaseMs: number;
  readonly #redis: RedisConnection;
  readonly #opened = new Map<string, Opened>();
  #isUp = false;
  #isTicking = false;
  readonly #timer: NodeJS.Timeout;

  constructor(options: RedisSharingOptions) {
    this.#options = options;
    this.#leaseMs = Math.round(options.intervalMs * LEASE_INTERVALS);
    this.#redis = connectRedis(options.url, options.log, (isUp) => void this.#connected(isUp));
    this.#redis.listener.on('message', (channel: string, text: string) => this.#hear(channel, text));
    this.#timer = setInterval(() => void this.#tick(), this.#leaseMs / RENEWALS);
  }

  open(key: string, listener: ShareListener): Share {
    const hash = hashOf(key);
    const share = new RedisShare(listener, {
      publish: (message) => this.#publish(channelOf(hash), JSON.stringify(message)),
      release: () => this.#release(hash),
      onClose: () => this.#close(hash),
    });
    const opened = { share, hash };
    this.#opened.set(hash, opened);
    if (this.#isUp) void this.#begin(opened);
    else share.goAlone();
    return share;
  }

  touch(projectKey: string, toolId: string | undefined): void {
    const project = hashOf(projectKey);
    if (!this.#isUp) this.#options.onTouch(project, toolId);
    else this.#publish(TOUCHES, JSON.stringify({ project, toolId }));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#opened.clear();
    await this.#redis.close();
  }

  async #connected(isUp: boolean): Promise<void> {
    if (isUp) {
      try {
        await this.#redis.listener.subscribe(TOUCHES, ...[...this.#opened.keys()].map(channelOf));
      } catch (error) {
        this.#failed(error);
        return;
      }
      this.#setUp(true);
      await this.#tick();
    } else this.#setUp(false);
  }

  #setUp(isUp: boolean): void {
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    this.#options.onState(isUp);
    this.#options.log.info({ redis: isUp ? 'up' : 'down' }, isUp ? 'watches are shared' : 'watches are not shared');
    if (!isUp) for (const { share } of this.#opened.values()) share.goAlone();
  }

  /** Subscribes before it asks for the lease, so that no word of the instance that has it is missed. */
  async #begin(opened: Opened): Promise<void> {
    try {
      await this.#redis.listener.subscribe(channelOf(opened.hash));
      await this.#lease(opened);
    } catch (error) {
      this.#failed(error);
    }
  }

  /** Asks for every lease, or renews it. The same after Redis was away: that is how it is found to be usable again. */
  async #tick(): Promise<void> {
    if (this.#isTicking || this.#redis.commands.status !== 'ready' || this.#redis.listener.status !== 'ready') return;
    this.#isTicking = true;
    try {
      if (!this.#isUp) await this.#redis.commands.set(`${PREFIX}:alive:${this.#instance}`, '1', 'PX', this.#leaseMs);
      this.#setUp(true);
      await Promise.all([...this.#opened.values()].map((opened) => this.#lease(opened)));
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isTicking = false;
    }
  }

  async #lease(opened: Opened): Promise<void> {
    const { hash, share } = opened;
    const askedAt = performance.now();
    const answer = await this.#redis.commands.eval(
      ACQUIRE,
      2,
      leaseOf(hash),
      `${PREFIX}:number:${hash}`,
      this.#instance,
      this.#leaseMs,
    );
    if (this.#opened.get(hash) !== opened || !this.#isUp) return;
    if (typeof answer !== 'string') share.listen();
    else share.hold(askedAt + this.#leaseMs, answer === '0' ? undefined : Number(answer));
  }

  #hear(channel: string, text: string): void {
    if (channel === TOUCHES) {
      this.#hearTouch(text);
      return;
    }
    const opened = this.#opened.get(channel.slice(channelOf('').length));
    const message = readMessage(text);
    if (!opened || !message) return;
    if (message.kind === 'free') void this.#begin(opened);
    else opened.share.hear(message);
  }

  #hearTouch(text: string): void {
    try {
      const { project, toolId } = JSON.parse(text) as { project: string; toolId?: string };
      this.#options.onTouch(project, toolId);
    } catch {
      // Not of this gateway: somebody else speaks on our channel.
    }
  }

  #publish(channel: string, text: string): void {
    if (!this.#isUp) return;
    this.#redis.commands.publish(channel, text).catch((error: unknown) => this.#failed(error));
  }

  #release(hash: string): void {
    const free: Message = { kind: 'free' };
    this.#redis.commands
      .eval(RELEASE, 1, leaseOf(hash), this.#instance, channelOf(hash), JSON.stringify(free))
      .catch((error: unknown) => this.#failed(error));
  }

  #close(hash: string): void {
    this.#opened.delete(hash);
    if (this.#isUp) this.#redis.listener.unsubscribe(channelOf(hash)).catch((error: unknown) => this.#failed(error));
  }

  /** A command failed though the connection stands: read-only, out of memory, no permission. */
  #failed(error: unknown): void {
    if (this.#isUp && error instanceof Error) {
      this.#options.log.warn({ redis: adviceFor(error) }, 'Redis cannot be used; this instance looks for itself');
    }
    this.#setUp(false);
  }
}

function channelOf(hash: string): string {
  return `${PREFIX}:watch:${hash}`;
}

function leaseOf(hash: string): string {
  return `${PREFIX}:lease:${hash}`;
}
