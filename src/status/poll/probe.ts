import type { Operation } from '../../upstream/operation.js';
import type { PollSlots } from './poll-slots.js';

/** A look that takes longer is given up or told apart as slow: one hanging tool must not make the others late. Milliseconds. */
export const PATIENCE_MS = 3_000;

/** The call had a place and no answer in time, and was given up. */
export class PollTimeout extends Error {}

export interface ProbeOptions {
  readonly slots: PollSlots;
  readonly turn: string;
  /** Ends all calls of the watch. */
  readonly signal: AbortSignal;
  /** An operation with the watchers' credentials. */
  begin(signal: AbortSignal): Operation;
}

/** `bulk`: many tools in one call, given up after 3 s. `single`: one tool. `slow`: one that is known to hang. */
export type ProbeKind = 'bulk' | 'single' | 'slow';

/** Runs one probing call, with an operation of its own that begins when there is a place for it. */
export type Probe = <Value>(kind: ProbeKind, call: (operation: Operation) => Promise<Value>) => Promise<Value>;

/**
 * Makes the probe of one watch. It rejects as the call does, and with PollTimeout if the call was given up after 3 s: a `bulk`
 * one always, a `single` one if too many slow ones are running. All others have the whole time of an operation. Waiting for a
 * place does not count.
 */
export function createProbe({ slots, turn, signal, begin }: ProbeOptions): Probe {
  return (kind, call) =>
    slots.take({ turn, slow: kind === 'slow', signal }, (becomeSlow) => {
      if (kind === 'slow') return call(begin(signal));
      const mayContinue = (): boolean => kind === 'single' && becomeSlow();
      return withDeadline(signal, mayContinue, (ownSignal) => call(begin(ownSignal)));
    });
}

async function withDeadline<Value>(
  signal: AbortSignal,
  mayContinue: () => boolean,
  call: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  const own = new AbortController();
  const stop = (): void => own.abort();
  signal.addEventListener('abort', stop, { once: true });
  let isLate = false;
  const timer = setTimeout(() => {
    if (mayContinue()) return;
    isLate = true;
    stop();
  }, PATIENCE_MS);
  try {
    return await call(own.signal);
  } catch (error) {
    throw isLate && !signal.aborted ? new PollTimeout() : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
