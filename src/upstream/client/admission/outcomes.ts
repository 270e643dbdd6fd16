/**
 * What an attempt says about the upstream's health.
 * - `alive`: it answered with a status below 500; 4xx and 429 count as alive.
 * - `unreachable`: no connection. No request can be the cause of that.
 * - `failing`: 5xx, timeout, or a lost connection. The request itself may be the cause.
 * - `none`: nothing, for example because the client disconnected.
 */
export type Verdict = 'alive' | 'unreachable' | 'failing' | 'none';

export interface Outcome {
  /** On the breaker's clock. */
  readonly at: number;
  /** Identity of the caller. */
  readonly identity: string;
  readonly verdict: Exclude<Verdict, 'none'>;
}

/**
 * What the outcomes of a window say: `healthy`, an `outage` for all callers, or failures of the `only-caller` in the window, for
 * which either the upstream or that caller's own requests may be the cause.
 */
export type Diagnosis =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'outage' }
  | { readonly kind: 'only-caller'; readonly identity: string };

const HEALTHY: Diagnosis = { kind: 'healthy' };
const OUTAGE: Diagnosis = { kind: 'outage' };

/**
 * Judges the outcomes of a window. Unless at least half of them are failures, the upstream is healthy. Otherwise:
 * - at least half of them are `unreachable`: an outage, whoever made the attempts;
 * - there is one caller only: `only-caller`;
 * - at least two callers, and at least half of all, fail in at least half of their own attempts: an outage;
 * - else healthy: the failures are those of a few callers, and the others are served.
 *
 * Example: alice fails 100 times and bob succeeds twice: healthy. Alice and bob fail twice each: an outage.
 * Alice fails four times, and no one else calls: `only-caller`.
 */
export function diagnose(outcomes: readonly Outcome[]): Diagnosis {
  const failures = outcomes.filter(({ verdict }) => verdict !== 'alive');
  if (!isHalf(failures.length, outcomes.length)) return HEALTHY;
  const unreachable = failures.filter(({ verdict }) => verdict === 'unreachable');
  if (isHalf(unreachable.length, outcomes.length)) return OUTAGE;

  const attempts = countByIdentity(outcomes);
  const [identity] = attempts.keys();
  if (attempts.size === 1 && identity !== undefined) return { kind: 'only-caller', identity };
  const failing = [...countByIdentity(failures)].filter(([caller, count]) => isHalf(count, attempts.get(caller) ?? 0));
  return failing.length >= 2 && isHalf(failing.length, attempts.size) ? OUTAGE : HEALTHY;
}

function isHalf(part: number, whole: number): boolean {
  return part * 2 >= whole;
}

function countByIdentity(outcomes: readonly Outcome[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { identity } of outcomes) counts.set(identity, (counts.get(identity) ?? 0) + 1);
  return counts;
}
