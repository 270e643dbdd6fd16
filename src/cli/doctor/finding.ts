/** One line of the doctor's output. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'FAIL';
  readonly text: string;
}

export function ok(text: string): Finding {
  return { level: 'ok', text };
}

export function warn(text: string): Finding {
  return { level: 'warn', text };
}

export function fail(text: string): Finding {
  return { level: 'FAIL', text };
}
