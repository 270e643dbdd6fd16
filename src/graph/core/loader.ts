import DataLoader from 'dataloader';
import { keyOf } from '../../upstream/inkeep/keys.js';
import type { GraphContext } from './context.js';

/**
 * A loader that lives for one operation: keys of a tick are handed to `batch` together, each once. `batch` answers at once
 * with one promise per key, in key order, so that a slow or failing key keeps no other waiting.
 */
export function defineLoader<Key, Value>(
  partsOf: (key: Key) => readonly string[],
  batch: (context: GraphContext, keys: readonly Key[]) => readonly Promise<Value>[],
): (context: GraphContext, key: Key) => Promise<Value> {
  const create = (context: GraphContext) =>
    new DataLoader<Key, Promise<Value>, string>(async (keys) => batch(context, keys), {
      cacheKeyFn: (key) => keyOf(...partsOf(key)),
    });
  return async (context, key) => {
    const known = context.loaders.get(create) as ReturnType<typeof create> | undefined;
    const loader = known ?? create(context);
    if (!known) context.loaders.set(create, loader as never);
    return loader.load(key);
  };
}

/** Reads keys parent by parent (all tools of one project together) and answers in key order. */
export function readByParent<Key, Value>(
  keys: readonly Key[],
  parentOf: (key: Key) => string,
  read: (keys: readonly [Key, ...Key[]]) => readonly Promise<Value>[],
): readonly Promise<Value>[] {
  const groups = new Map<string, [Key, ...Key[]]>();
  for (const key of keys) {
    const group = groups.get(parentOf(key));
    if (group) group.push(key);
    else groups.set(parentOf(key), [key]);
  }
  const answers = new Map<Key, Promise<Value>>();
  for (const group of groups.values()) {
    for (const [index, answer] of read(group).entries()) answers.set(group[index] as Key, answer);
  }
  return keys.map((key) => answers.get(key) as Promise<Value>);
}
