import { databaseOf } from './create-client.js';

/** Contains the version of the messages: during a rollout, instances share only with those of the same version. */
const PREFIX = 'agent-tools:2';

/** Names of keys and channels in Redis. `hash` identifies a share. */
export interface RedisNames {
  /** Channel of notifications about mutations. */
  readonly touchChannel: string;
  watchChannel(hash: string): string;
  /** Channel of messages to one instance. */
  instanceChannel(instance: string): string;
  /** The hash of a watch channel. */
  hashOfChannel(channel: string): string;
  leaseKey(hash: string): string;
  /** Key of the number of the last lease. */
  numberKey(hash: string): string;
  /** Key that an instance writes to check that Redis is usable. */
  aliveKey(instance: string): string;
}

/** Names for the database in the URL. They contain its number, because all databases of a Redis have the same channels. */
export function createRedisNames(url: string): RedisNames {
  const prefix = `${PREFIX}:${databaseOf(url)}`;
  const watchPrefix = `${prefix}:watch:`;
  return {
    touchChannel: `${prefix}:touched`,
    watchChannel: (hash) => watchPrefix + hash,
    instanceChannel: (instance) => `${prefix}:instance:${instance}`,
    hashOfChannel: (channel) => channel.slice(watchPrefix.length),
    leaseKey: (hash) => `${prefix}:lease:${hash}`,
    numberKey: (hash) => `${prefix}:number:${hash}`,
    aliveKey: (instance) => `${prefix}:alive:${instance}`,
  };
}
