/** GraphiQL's entries for what was run, and for what of it is a favorite. */
const HISTORY = ['graphiql:queries', 'graphiql:favorites'];
const OURS = /^(graphiql|gateway):/;

/**
 * The storage of the browser, without the headers of operations in the history: they hold bearer tokens, which are not kept
 * unless the user turns that on. GraphiQL itself leaves them out of the tabs only. `null` if the browser has none for
 * this page; GraphiQL then keeps nothing.
 */
export function openStorage(): Storage | null {
  try {
    return withoutTokens(localStorage);
  } catch {
    return null;
  }
}

function withoutTokens(storage: Storage): Storage {
  return {
    get length() {
      return storage.length;
    },
    key: (index) => storage.key(index),
    getItem: (name) => storage.getItem(name),
    setItem: (name, value) => storage.setItem(name, HISTORY.includes(name) ? withoutHeaders(value) : value),
    removeItem: (name) => storage.removeItem(name),
    clear() {
      for (const name of Object.keys(storage).filter((key) => OURS.test(key))) storage.removeItem(name);
    },
  };
}

function withoutHeaders(history: string): string {
  return JSON.stringify(JSON.parse(history), (name, value) => (name === 'headers' ? undefined : value));
}
