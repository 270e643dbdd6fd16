import { randomUUID } from 'node:crypto';
import type { Logger } from '../../../log.js';
import { hashOf, type Share, type ShareListener, type Sharing, type TouchListener } from '../share.js';
import { connectRedis, type RedisConnection } from './connection.js';
import { RedisShare } from './lease.js';
import { ACQUIRE, RELEASE } from './lease-script.js';
import { type Message, readMessage, readTouch, type Touch } from './message.js';
import { Seal } from './seal.js';

/** With the version of what is said: instances of another one share among themselves while a new one is rolled out. */
const PREFIX = 'agent-tools:1';

/** A lease lives so many intervals without being renewed, and is asked for three times in that time. */
const LEASE_INTERVALS = 1.2;
const RENEWALS = 3;
/** A Redis that does not answer for so many intervals is away: whoever waits for it looks for itself in time. */
const ANSWER_INTERVALS = 0.8;
const MAX_ANSWER_MS = 2_000;

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
  readonly seal: Seal;
  /** The connection of the listener, by its number, that hears the channel. */
  subscribedOn: number;
}

/**
 * Shares watches through Redis. Keys and channels are named by hashes; what is said is sealed, and holds no credential. While
 * Redis is away, every instance looks for itself, and they share again when it is back.
 */
export class RedisSharing implements Sharing {
  readonly #options: RedisSharingOptions;
  readonly #instance = randomUUID();
  readonly #leaseMs: number;
  readonly #redis: RedisConnection;
  readonly #opened = new Map<string, Opened>();
  /** Channels are those of the whole server, whatever database is selected. */
  readonly #prefix: string;
  #isUp = false;
  #isTicking = false;
  #connections = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(options: RedisSharingOptions) {
    const { url, intervalMs, log } = options;
    this.#options = options;
    this.#leaseMs = Math.round(intervalMs * LEASE_INTERVALS);
    this.#prefix = `${PREFIX}:${Number(new URL(url).pathname.slice(1)) || 0}`;
    const answerMs = Math.min(MAX_ANSWER_MS, Math.round(intervalMs * ANSWER_INTERVALS));
    this.#redis = connectRedis({ url, answerMs, log, onChange: (isUp) => this.#connected(isUp) });
    this.#redis.listener.on('message', (channel: string, text: string) => this.#receive(channel, text));
    this.#timer = setInterval(() => void this.#tick(), this.#leaseMs / RENEWALS);
  }

  open(key: string, listener: ShareListener): Share {
    const hash = hashOf(key);
    const seal = new Seal(key);
    const share = new RedisShare(listener, {
      publish: (message) => this.#publish(this.#channelOf(hash), seal.close(JSON.stringify(message))),
      release: () => this.#release(opened),
      onClose: () => this.#close(opened),
    });
    const opened: Opened = { share, hash, seal, subscribedOn: 0 };
    this.#opened.set(hash, opened);
    if (this.#isUp) this.#begin(opened);
    else share.goAlone();
    return share;
  }

  touch(projectKey: string, toolId: string | undefined): void {
    const project = hashOf(projectKey);
    const touch: Touch = { from: this.#instance, project, ...(toolId !== undefined && { toolId }) };
    // Here without Redis in between: it may be going away just now.
    this.#options.onTouch(project, toolId);
    this.#publish(this.#touches, JSON.stringify(touch));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const { share } of [...this.#opened.values()]) share.close();
    await this.#redis.close();
  }

  #connected(isUp: boolean): void {
    this.#connections += 1;
    if (isUp) void this.#tick();
    else this.#setUp(false);
  }

  #setUp(isUp: boolean): void {
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    this.#options.onState(isUp);
    this.#options.log.info({ redis: isUp ? 'up' : 'down' }, isUp ? 'watches are shared' : 'watches are not shared');
    if (!isUp) for (const { share } of this.#opened.values()) share.goAlone();
  }

  #begin(opened: Opened): void {
    this.#lease(opened).catch((error: unknown) => this.#failed(error));
  }

  /** Asks for every lease, or renews it; where Redis was away, once it is found to be usable again. */
  async #tick(): Promise<void> {
    const { commands, listener } = this.#redis;
    if (this.#isTicking || commands.status !== 'ready' || listener.status !== 'ready') return;
    this.#isTicking = true;
    try {
      if (!this.#isUp) await this.#tryOut();
      // Deaf without knowing: a connection on which nothing comes may be gone.
      await Promise.all([listener.ping(), ...[...this.#opened.values()].map((opened) => this.#lease(opened))]);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isTicking = false;
    }
  }

  /** A Redis that is read-only or out of memory is found out before anybody relies on it. */
  async #tryOut(): Promise<void> {
    const { commands, listener } = this.#redis;
    const connection = this.#connections;
    await listener.subscribe(this.#touches);
    await commands.set(`${this.#prefix}:alive:${this.#instance}`, '1', 'PX', this.#leaseMs);
    if (connection !== this.#connections) return;
    this.#redis.onUsable();
    this.#setUp(true);
  }

  /** Subscribes before it asks, so that no word of the instance that has the lease is missed. */
  async #lease(opened: Opened): Promise<void> {
    const { hash, share } = opened;
    const connection = this.#connections;
    if (opened.subscribedOn !== connection) await this.#redis.listener.subscribe(this.#channelOf(hash));
    opened.subscribedOn = connection;
    const askedAt = performance.now();
    const [holds, number] = (await this.#redis.commands.eval(
      ACQUIRE,
      2,
      this.#leaseOf(hash),
      `${this.#prefix}:number:${hash}`,
      this.#instance,
      this.#leaseMs,
    )) as [number, string];
    if (connection !== this.#connections || !this.#isUp) return;
    if (this.#opened.get(hash) === opened) {
      if (holds === 1) share.hold(askedAt + this.#leaseMs, Number(number));
      else share.listen(Number(number));
    } else if (holds === 1 && !this.#opened.has(hash)) this.#release(opened);
  }

  #receive(channel: string, text: string): void {
    if (channel === this.#touches) {
      const touch = readTouch(text);
      if (touch && touch.from !== this.#instance) this.#options.onTouch(touch.project, touch.toolId);
      return;
    }
    const opened = this.#opened.get(channel.slice(this.#channelOf('').length));
    const message = opened && readMessage(opened.seal.open(text) ?? '');
    if (!message) return;
    if (message.kind === 'free') this.#begin(opened);
    else opened.share.receive(message);
  }

  #publish(channel: string, text: string): void {
    if (!this.#isUp) return;
    this.#redis.commands.publish(channel, text).catch((error: unknown) => this.#failed(error));
  }

  #release({ hash, seal }: Opened): void {
    const free: Message = { kind: 'free' };
    const word = seal.close(JSON.stringify(free));
    this.#redis.commands
      .eval(RELEASE, 1, this.#leaseOf(hash), this.#instance, this.#channelOf(hash), word)
      .catch((error: unknown) => this.#failed(error));
  }

  #close({ hash }: Opened): void {
    this.#opened.delete(hash);
    if (!this.#isUp) return;
    this.#redis.listener.unsubscribe(this.#channelOf(hash)).catch((error: unknown) => this.#failed(error));
  }

  /** A command failed though the connection may stand: no answer, read-only, out of memory, no permission. */
  #failed(error: unknown): void {
    this.#redis.onFailure(error);
    this.#setUp(false);
  }

  get #touches(): string {
    return `${this.#prefix}:touched`;
  }

  #channelOf(hash: string): string {
    return `${this.#prefix}:watch:${hash}`;
  }

  #leaseOf(hash: string): string {
    return `${this.#prefix}:lease:${hash}`;
  }
}
