import { randomUUID } from 'node:crypto';
import type { Logger } from '../../../log.js';
import type { RedisLimits } from '../../limits.js';
import { hashOf, type Share, type ShareListener, type Sharing, type TouchListener } from '../share.js';
import { type ConnectRedis, connectRedis, type RedisConnection } from './connection.js';
import { refuseCluster } from './create-client.js';
import { ACQUIRE, RELEASE } from './lease-scripts.js';
import { LeasedShare } from './leased-share.js';
import { addressed, type Message, readAddressed, readMessage, readTouch, type Touch } from './message.js';
import { createRedisNames, type RedisNames } from './redis-names.js';
import { Seal } from './seal.js';

export interface RedisSharingOptions {
  readonly url: string;
  readonly intervalMs: number;
  readonly limits: RedisLimits;
  readonly log: Logger;
  readonly onTouch: TouchListener;
  readonly onState: (isUp: boolean) => void;
  /** Default: `connectRedis`. */
  readonly connect?: ConnectRedis | undefined;
}

interface OpenShare {
  readonly share: LeasedShare;
  readonly hash: string;
  readonly seal: Seal;
  /** Number of the connection on which the channel was subscribed; 0 if on none. */
  subscribedOn: number;
}

/**
 * Shares watches through Redis. For each share, the instance that holds a lease polls, and the others receive its results by
 * pub/sub. Keys and channels are named by hashes; messages are encrypted, and contain no credential. While Redis is unavailable,
 * every instance polls by itself; they share again when it is back.
 */
export class RedisSharing implements Sharing {
  readonly #options: RedisSharingOptions;
  readonly #instance = randomUUID();
  readonly #leaseMs: number;
  readonly #redis: RedisConnection;
  readonly #openShares = new Map<string, OpenShare>();
  readonly #names: RedisNames;
  #isUp = false;
  #isRenewing = false;
  #connections = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(options: RedisSharingOptions) {
    const { url, intervalMs, limits, log, connect = connectRedis } = options;
    this.#options = options;
    this.#leaseMs = Math.round(intervalMs * limits.leaseIntervals);
    this.#names = createRedisNames(url);
    const answerMs = Math.min(limits.maxAnswerMs, Math.round(intervalMs * limits.answerIntervals));
    this.#redis = connect({ url, answerMs, limits, log, onChange: (isUp) => this.#connectionChanged(isUp) });
    this.#redis.listener.on('message', (channel: string, text: string) => this.#receive(channel, text));
    this.#timer = setInterval(() => void this.#renewLeases(), this.#leaseMs / limits.renewalsPerLease);
  }

  open(key: string, listener: ShareListener): Share {
    const hash = hashOf(key);
    const seal = new Seal(key);
    const share = new LeasedShare(listener, {
      instance: this.#instance,
      publish: (message) => this.#publish(this.#names.watchChannel(hash), seal.close(JSON.stringify(message))),
      publishTo: (instance, message) =>
        this.#publish(this.#names.instanceChannel(instance), addressed(hash, seal.close(JSON.stringify(message)))),
      release: () => this.#release(open),
      onClose: () => this.#close(open),
    });
    const open: OpenShare = { share, hash, seal, subscribedOn: 0 };
    this.#openShares.set(hash, open);
    if (this.#isUp) this.#acquireSoon(open);
    else share.goAlone();
    return share;
  }

  touch(projectKey: string, toolId: string | undefined): void {
    const project = hashOf(projectKey);
    const touch: Touch = { from: this.#instance, project, ...(toolId !== undefined && { toolId }) };
    // Called here directly: Redis may be failing just now.
    this.#options.onTouch(project, toolId);
    this.#publish(this.#names.touchChannel, JSON.stringify(touch));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const { share } of [...this.#openShares.values()]) share.close();
    await this.#redis.close();
  }

  #connectionChanged(isUp: boolean): void {
    this.#connections += 1;
    if (isUp) void this.#renewLeases();
    else this.#setIsUp(false);
  }

  #setIsUp(isUp: boolean): void {
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    this.#options.onState(isUp);
    this.#options.log.info({ redis: isUp ? 'up' : 'down' }, isUp ? 'watches are shared' : 'watches are not shared');
    if (!isUp) for (const { share } of this.#openShares.values()) share.goAlone();
  }

  #acquireSoon(open: OpenShare): void {
    this.#acquire(open).catch((error: unknown) => this.#failed(error));
  }

  /** Takes or renews the lease of every share. If Redis was unavailable, checks first that it is usable. */
  async #renewLeases(): Promise<void> {
    const { commands, listener } = this.#redis;
    if (this.#isRenewing || commands.status !== 'ready' || listener.status !== 'ready') return;
    this.#isRenewing = true;
    try {
      if (!this.#isUp) await this.#checkUsable();
      // Without the ping, a dead connection would look like a channel without messages.
      await Promise.all([listener.ping(), ...[...this.#openShares.values()].map((open) => this.#acquire(open))]);
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isRenewing = false;
    }
  }

  /** Rejects if Redis is a cluster, read-only or out of memory, before any share depends on it. */
  async #checkUsable(): Promise<void> {
    const { commands, listener } = this.#redis;
    const connection = this.#connections;
    await refuseCluster(commands);
    await listener.subscribe(this.#names.touchChannel);
    await listener.subscribe(this.#names.instanceChannel(this.#instance));
    await commands.set(this.#names.aliveKey(this.#instance), '1', 'PX', this.#leaseMs);
    if (connection !== this.#connections) return;
    this.#redis.onUsable();
    this.#setIsUp(true);
  }

  /**
   * Takes or renews the lease of a share, which then polls or listens. Subscribes first, so that no message of the holder
   * is missed. Example: A and B open the same share → A holds the lease and polls; B does not, and listens.
   */
  async #acquire(open: OpenShare): Promise<void> {
    const { hash, share } = open;
    const connection = this.#connections;
    if (open.subscribedOn !== connection) await this.#redis.listener.subscribe(this.#names.watchChannel(hash));
    open.subscribedOn = connection;
    const requestedAt = performance.now();
    const { holds, number } = await this.#runAcquire(hash);
    // An answer that is older than a change of the connection says nothing about the present.
    if (connection !== this.#connections || !this.#isUp) return;
    if (this.#openShares.get(hash) === open) {
      if (holds) share.hold(requestedAt + this.#leaseMs, number);
      else share.listen(number);
    } else if (holds && !this.#openShares.has(hash)) this.#release(open);
  }

  async #runAcquire(hash: string): Promise<{ holds: boolean; number: number }> {
    const keys = [this.#names.leaseKey(hash), this.#names.numberKey(hash)];
    const values = [this.#instance, this.#leaseMs, this.#options.limits.leaseNumberMs];
    const answer = await this.#redis.commands.eval(ACQUIRE, keys.length, ...keys, ...values);
    const [holds, number] = answer as [number, string];
    return { holds: holds === 1, number: Number(number) };
  }

  #receive(channel: string, text: string): void {
    if (channel === this.#names.touchChannel) {
      const touch = readTouch(text);
      if (touch && touch.from !== this.#instance) this.#options.onTouch(touch.project, touch.toolId);
      return;
    }
    const isForThis = channel === this.#names.instanceChannel(this.#instance);
    const { hash, sealed } = isForThis
      ? readAddressed(text)
      : { hash: this.#names.hashOfChannel(channel), sealed: text };
    const open = this.#openShares.get(hash);
    const message = open && readMessage(open.seal.open(sealed) ?? '');
    if (!message) return;
    if (message.kind === 'released') this.#acquireSoon(open);
    else open.share.receive(message);
  }

  #publish(channel: string, text: string): void {
    if (!this.#isUp) return;
    this.#redis.commands.publish(channel, text).catch((error: unknown) => this.#failed(error));
  }

  #release({ hash, seal }: OpenShare): void {
    const released: Message = { kind: 'released' };
    const text = seal.close(JSON.stringify(released));
    this.#redis.commands
      .eval(RELEASE, 1, this.#names.leaseKey(hash), this.#instance, this.#names.watchChannel(hash), text)
      .catch((error: unknown) => this.#failed(error));
  }

  #close({ hash }: OpenShare): void {
    this.#openShares.delete(hash);
    if (!this.#isUp) return;
    this.#redis.listener.unsubscribe(this.#names.watchChannel(hash)).catch((error: unknown) => this.#failed(error));
  }

  /** A command failed, even if the connection is open: no answer, read-only, out of memory, no permission. */
  #failed(error: unknown): void {
    this.#redis.onFailure(error);
    this.#setIsUp(false);
  }
}
