import type { Logger } from '../../log.js';

interface OnceLogOptions {
  readonly log: Logger;
  /** After this many values, no other is logged: clients can send any number of them. */
  readonly maxLoggedValues: number;
  readonly maxLoggedHeaderChars: number;
}

/** Returns a function that logs the value of a refused header as a warning, once for each value, cut to a length. */
export function createOnceLog(options: OnceLogOptions, header: string, message: string): (value: string) => void {
  const { log, maxLoggedValues, maxLoggedHeaderChars } = options;
  const logged = new Set<string>();
  return (value) => {
    const shown = value.slice(0, maxLoggedHeaderChars);
    if (logged.size >= maxLoggedValues || logged.has(shown)) return;
    logged.add(shown);
    log.warn({ [header]: shown }, message);
  };
}
