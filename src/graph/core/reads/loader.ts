import { keyOf } from '../../../upstream/inkeep/keys.js';
import type { GraphContext } from '../context.js';

/** Reads these keys: one promise per key, in key order, so that a slow or failing key does not delay the others. */
type Batch<Key, Value> = (context: GraphContext, keys: readonly Key[]) => readonly Promise<Value>[];

/** Defines a loader that lives for one operation. All keys of a tick are passed to `batch` together, each once. */
export function defineLoader<Key, Value>(
  partsOf: (key: Key) => readonly string[],
  batch: Batch<Key, Value>,
): (context: GraphContext, key: Key) => Promise<Value> {
  return (context, key) => {
    const known = context.loaders.get(batch) as Loader<Key, Value> | undefined;
    const loader = known ?? new Loader(context, batch);
    if (!known) context.loaders.set(batch, loader);
    return loader.load(keyOf(...partsOf(key)), key);
  };
}

const START = Promise.resolve();

interface Wanted<Key, Value> {
  readonly key: Key;
  readonly resolve: (value: Promise<Value>) => void;
}

/** Batches and caches as DataLoader does, which takes 3 KB and five promises more for an operation that reads one row. */
class Loader<Key, Value> {
  readonly #context: GraphContext;
  readonly #batch: Batch<Key, Value>;
  readonly #loaded = new Map<string, Promise<Value>>();
  #wanted: Wanted<Key, Value>[] = [];

  constructor(context: GraphContext, batch: Batch<Key, Value>) {
    this.#context = context;
    this.#batch = batch;
  }

  load(id: string, key: Key): Promise<Value> {
    const known = this.#loaded.get(id);
    if (known) return known;
    const value = new Promise<Value>((resolve) => {
      const count = this.#wanted.push({ key, resolve });
      // After all promises of this tick, whose resolvers may want more.
      if (count === 1) START.then(() => process.nextTick(() => this.#dispatch()));
    });
    this.#loaded.set(id, value);
    return value;
  }

  #dispatch(): void {
    const wanted = this.#wanted;
    this.#wanted = [];
    const values = this.#read(wanted.map(({ key }) => key));
    for (const [index, { resolve }] of wanted.entries()) resolve(values[index] as Promise<Value>);
  }

  #read(keys: readonly Key[]): readonly Promise<Value>[] {
    try {
      return this.#batch(this.#context, keys);
    } catch (error) {
      return keys.map(() => Promise.reject(error));
    }
  }
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
