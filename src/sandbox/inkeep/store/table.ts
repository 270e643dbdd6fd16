/** A second row with the same key. The upstream's database rejects it, and the API returns 500. */
class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation';
}

/** A row that refers to one that does not exist. */
export class ForeignKeyViolation extends Error {
  override readonly name = 'ForeignKeyViolation';
}

/** A database table: rows by key. A row is replaced, never changed, so a row that was read stays as it was. */
export class Table<Row extends Key & { createdAt: string }, Key extends object> {
  readonly #rows = new Map<string, Row>();
  readonly #keyOf: (key: Key) => string;

  /** @param columns names of the key's columns */
  constructor(columns: readonly (keyof Key)[]) {
    this.#keyOf = (key) => columns.map((column) => key[column]).join('/');
  }

  get(key: Key): Row | undefined {
    return this.#rows.get(this.#keyOf(key));
  }

  has(key: Key): boolean {
    return this.#rows.has(this.#keyOf(key));
  }

  /** Adds a row and returns it. Throws UniqueViolation if the key exists. */
  insert(row: Row): Row {
    if (this.has(row)) throw new UniqueViolation(this.#keyOf(row));
    this.#rows.set(this.#keyOf(row), row);
    return row;
  }

  /** Changes a row, possibly its key, and returns the new row; undefined if there is none. Throws UniqueViolation. */
  update(key: Key, changes: Partial<Row>): Row | undefined {
    const row = this.get(key);
    if (row === undefined) return undefined;
    const changed = { ...row, ...changes };
    const moved = this.#keyOf(changed) !== this.#keyOf(row);
    if (moved && this.has(changed)) throw new UniqueViolation(this.#keyOf(changed));
    if (moved) this.#rows.delete(this.#keyOf(row));
    this.#rows.set(this.#keyOf(changed), changed);
    return changed;
  }

  /** Removes a row and returns it; undefined if there is none. */
  delete(key: Key): Row | undefined {
    const row = this.get(key);
    this.#rows.delete(this.#keyOf(key));
    return row;
  }

  /** The rows whose columns have these values, newest first. The upstream orders every list like this, without a tie-breaker. */
  where(columns: Partial<Row>): Row[] {
    const wanted = Object.entries(columns) as [keyof Row, unknown][];
    return [...this.#rows.values()]
      .filter((row) => wanted.every(([column, value]) => row[column] === value))
      .sort((a, b) => (a.createdAt < b.createdAt ? 1 : a.createdAt > b.createdAt ? -1 : 0));
  }
}
