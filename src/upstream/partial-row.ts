/**
 * A row that is stored, and of which only what was sent is known: neither the answer to the write nor a read after it made
 * sense. Reading a member that is not in `known` throws `error`, so that only the fields that need it fail.
 */
export function partialRow<Row extends object>(known: Partial<Row>, error: unknown): Row {
  return new Proxy(known, {
    get(row, name) {
      // Symbols and `then` are asked for by the language, when a value is awaited or inspected.
      if (typeof name === 'symbol' || name === 'then' || Object.hasOwn(row, name)) return Reflect.get(row, name);
      throw error;
    },
  }) as Row;
}
