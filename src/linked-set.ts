/** The place of a value in a `LinkedSet`. */
export interface LinkedEntry<Value> {
  readonly value: Value;
  previous: LinkedEntry<Value> | undefined;
  next: LinkedEntry<Value> | undefined;
}

/**
 * The values that are there at the moment, such as the requests in flight. Use it instead of a `Set` that lives as long as the
 * process if thousands of values come and go per second.
 *
 * V8 replaces the table of a `Set` whenever it is full of added and deleted values. A replaced table refers to the next one, and
 * still has the values of its last moment with everything that they refer to. Once a table is in the old generation, all later ones
 * move there too, so that every request is kept until the old generation is collected.
 */
export class LinkedSet<Value> implements Iterable<Value> {
  #first: LinkedEntry<Value> | undefined;

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** Returns the entry for `delete`. */
  add(value: Value): LinkedEntry<Value> {
    const entry: LinkedEntry<Value> = { value, previous: undefined, next: this.#first };
    if (this.#first) this.#first.previous = entry;
    this.#first = entry;
    return entry;
  }

  /** Does nothing if the entry was deleted before. */
  delete(entry: LinkedEntry<Value>): void {
    const { previous, next } = entry;
    if (previous) previous.next = next;
    else if (this.#first === entry) this.#first = next;
    if (next) next.previous = previous;
    entry.previous = undefined;
    entry.next = undefined;
  }

  /** The values of the moment when the iteration starts, the oldest first. They may be deleted meanwhile. */
  [Symbol.iterator](): IterableIterator<Value> {
    const values: Value[] = [];
    for (let entry = this.#first; entry; entry = entry.next) values.push(entry.value);
    return values.reverse().values();
  }
}
