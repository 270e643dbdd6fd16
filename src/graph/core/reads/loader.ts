import DataLoader from 'dataloader';
import { keyOf } from '../../../upstream/inkeep/keys.js';
import type { GraphContext } from '../context.js';

/** Reads these keys: one promise per key, in key order, so that a slow or failing key does not delay the others. */
type Batch<Key, Value> = (context: GraphContext, keys: readonly Key[]) => readonly Promise<Value>[];

/** Defines a loader that lives for one operation. All keys of a tick are passed to `batch` together, each once. */
export function defineLoader<Key, Value>(
  partsOf: (key: Key) => readonly string[],
  batch: Batch<Key, Value>,
): (context: GraphContext, key: Key) => Promise<Value> {
  const options = { cacheKeyFn: (key: Key) => keyOf(...partsOf(key)) };
  const create = (context: GraphContext) =>
    new DataLoader<Key, Promise<Value>, string>(async (keys) => batch(context, keys), options);
  return (context, key) => {
    const known = context.loaders.get(batch) as ReturnType<typeof create> | undefined;
    const loader = known ?? create(context);
    if (!known) context.loaders.set(batch, loader as never);
    // A promise resolves to what a promise in it resolves to.
    return loader.load(key) as Promise<unknown> as Promise<Value>;
  };
}

/** Calls `readGroup` once per parent, with all its keys (such as all tools of one project). The results are in the order of `keys`. */
export function readByParent<Key, Value>(
  keys: readonly Key[],
  parentOf: (key: Key) => string,
  readGroup: (keys: readonly [Key, ...Key[]]) => readonly Promise<Value>[],
): readonly Promise<Value>[] {
  const [first] = keys;
  if (first === undefined) return [];
  const usual = parentOf(first);
  if (keys.every((key) => parentOf(key) === usual)) return readGroup(keys as readonly [Key, ...Key[]]);
  const groups = new Map<string, [Key, ...Key[]]>();
  for (const key of keys) {
    const parent = parentOf(key);
    const group = groups.get(parent);
    if (group) group.push(key);
    else groups.set(parent, [key]);
  }
  const answers = new Map<Key, Promise<Value>>();
  for (const group of groups.values()) {
    const read = readGroup(group);
    for (const [index, answer] of read.entries()) answers.set(group[index] as Key, answer);
  }
  return keys.map((key) => answers.get(key) as Promise<Value>);
}
