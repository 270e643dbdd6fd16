import type { Operation } from '../../upstream/operation.js';
import type { PollSlots } from './poll-slots.js';

/** The call had a slot but no answer in time, and was cancelled. */
export class PollTimeout extends Error {}

export interface ProbeOptions {
  readonly slots: PollSlots;
  readonly turn: string;
  /** Milliseconds after which a bulk poll is cancelled. */
  readonly slowPollMs: number;
  /** Milliseconds after which a single poll must take a slot for slow polls. */
  readonly slowSlotMs: number;
  /** Cancels all calls of the watch. */
  readonly signal: AbortSignal;
  /** Starts an operation with the watchers' credentials. */
  begin(signal: AbortSignal): Operation;
}

/** `bulk`: many tools in one call. `single`: one tool. `slow`: one tool that is known to hang. */
export type ProbeKind = 'bulk' | 'single' | 'slow';

/** Runs one call with its own operation, which starts when a slot is free. */
export type Probe = <Value>(kind: ProbeKind, call: (operation: Operation) => Promise<Value>) => Promise<Value>;

/**
 * Creates the probe of one watch. It rejects as the call does, or with PollTimeout if it cancelled the call: a `bulk` one after
 * `slowPollMs`, a `single` one after `slowSlotMs` if too many slow polls are running. Other calls have the whole time of an
 * operation. The wait for a slot does not count.
 */
export function createProbe({ slots, turn, slowPollMs, slowSlotMs, signal, begin }: ProbeOptions): Probe {
  return (kind, call) =>
    slots.take({ turn, slow: kind === 'slow', signal }, (becomeSlow) => {
      if (kind === 'slow') return call(begin(signal));
      const mayContinue = (): boolean => kind === 'single' && becomeSlow();
      const deadlineMs = kind === 'single' ? slowSlotMs : slowPollMs;
      return withDeadline(deadlineMs, signal, mayContinue, (ownSignal) => call(begin(ownSignal)));
    });
}

async function withDeadline<Value>(
  deadlineMs: number,
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
  }, deadlineMs);
  try {
    return await call(own.signal);
  } catch (error) {
    throw isLate && !signal.aborted ? new PollTimeout() : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}
