import { UpstreamError, UpstreamRateLimited } from '../../upstream/client/errors/upstream-errors.js';
import type { ProjectKey } from '../../upstream/inkeep/keys.js';
import { getTool, type UpstreamTool } from '../../upstream/inkeep/tool.js';
import type { StatusLimits } from '../limits.js';
import { type PollResult, pollResultOf } from '../observation.js';
import { backoffMs } from './pace.js';
import { PollTimeout, type Probe, type ProbeKind } from './probe.js';

export interface SinglePollsOptions {
  readonly project: ProjectKey;
  readonly intervalMs: number;
  readonly limits: StatusLimits;
  readonly probe: Probe;
  /** `startedAt` is when the poll started, by `performance.now()`. */
  onResult(id: string, result: PollResult, startedAt: number): void;
  /** The upstream has no such tool. */
  onGone(id: string, startedAt: number): void;
  onFailure(id: string, error: unknown, startedAt: number): void;
  /** A poll of a tool that does not hang has ended. `tookMs` includes the wait for a slot. */
  onEnd(tookMs: number, outcome: 'ok' | 'failed'): void;
}

type Wanted = (id: string) => boolean;

const always: Wanted = () => true;

interface PollOptions {
  readonly now?: boolean;
  readonly isWanted?: Wanted;
}

/** The tool (null if it does not exist) and when its poll started, or NOT_WANTED if the poll was no longer needed. */
type PollAnswer = { readonly tool: UpstreamTool | null; readonly startedAt: number } | typeof NOT_WANTED;

const NOT_WANTED = Symbol('not wanted');

/** Polls tools one by one, never the same tool twice at a time. Tools that hang or fail are polled less often. */
export class SinglePolls {
  readonly #options: SinglePollsOptions;
  readonly #inFlight = new Set<string>();
  /** Each function resolves one `poll` call in progress. */
  readonly #waits = new Set<() => void>();
  /** Tools that changed while they were being polled: the poll may have started before the change. */
  readonly #again = new Set<string>();
  readonly #slow = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #restUntil = new Map<string, number>();
  #limited: { readonly error: UpstreamRateLimited; readonly until: number } | undefined;

  constructor(options: SinglePollsOptions) {
    this.#options = options;
  }

  /** Forgets the tools that are no longer watched. */
  forgetAllBut(isMember: (id: string) => boolean): void {
    for (const memory of [this.#slow, this.#failures, this.#restUntil]) {
      for (const id of memory.keys()) if (!isMember(id)) memory.delete(id);
    }
  }

  /** True if one of the tools hangs. */
  get hasSlow(): boolean {
    return this.#slow.size > 0;
  }

  /**
   * Polls these tools, except those that are being polled and, unless `now` is set, those that rest after a failure or a slow poll.
   * A tool is skipped if `isWanted` returns false when its slot is free. Resolves when all polls have ended, after one interval, or
   * on `stopWaiting`; polls that are still running report their results later. Never rejects.
   */
  async poll(ids: readonly string[], { now = false, isWanted = always }: PollOptions = {}): Promise<void> {
    const due = ids.filter((id) => !this.#inFlight.has(id) && (now || !this.#isResting(id)));
    if (due.length === 0) return;
    let stop = (): void => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const timer = setTimeout(stop, this.#options.intervalMs);
    this.#waits.add(stop);
    await Promise.race([Promise.all(due.map((id) => this.#pollOne(id, isWanted))), stopped]);
    this.#waits.delete(stop);
    clearTimeout(timer);
  }

  /** Resolves all `poll` calls in progress, as if the interval had ended. The polls themselves continue. */
  stopWaiting(): void {
    for (const stop of this.#waits) stop();
  }

  /** Polls a tool that has changed: now, or again if it is being polled. */
  touch(id: string): void {
    if (this.#inFlight.has(id)) this.#again.add(id);
    else void this.#pollOne(id);
  }

  async #pollOne(id: string, isWanted: Wanted = always): Promise<void> {
    const { onResult, onGone, onFailure, onEnd } = this.#options;
    const queuedAt = performance.now();
    this.#inFlight.add(id);
    try {
      const answer = await this.#pollWithRetry(id, isWanted);
      if (answer === NOT_WANTED) return;
      const { tool, startedAt } = answer;
      this.#failures.delete(id);
      if (!this.#slow.has(id)) onEnd(performance.now() - queuedAt, 'ok');
      if (tool) onResult(id, pollResultOf(tool), startedAt);
      else onGone(id, startedAt);
    } catch (error) {
      onEnd(performance.now() - queuedAt, 'failed');
      this.#restAfterFailure(id, error);
      onFailure(id, error, queuedAt);
    } finally {
      this.#inFlight.delete(id);
    }
    if (this.#again.delete(id)) await this.#pollOne(id);
  }

  /** Polls a tool. If it hangs and no slot for slow polls is free, the poll is cancelled, and repeated when such a slot is free. */
  async #pollWithRetry(id: string, isWanted: Wanted): Promise<PollAnswer> {
    if (!this.#slow.has(id)) {
      try {
        return await this.#probeTool(id, 'single', isWanted);
      } catch (error) {
        if (!(error instanceof PollTimeout)) throw error;
        this.#slow.add(id);
      }
    }
    return this.#probeTool(id, 'slow', isWanted);
  }

  /** The wait for a slot does not count as the tool's own time. */
  #probeTool(id: string, kind: ProbeKind, isWanted: Wanted): Promise<PollAnswer> {
    return this.#options.probe(kind, async (operation) => {
      // The tool changed while this poll waited for a slot: the poll starts after the change, so no other one is needed.
      const isChanged = this.#again.delete(id);
      if (!isChanged && !isWanted(id)) return NOT_WANTED;
      const startedAt = performance.now();
      if (this.#limited && startedAt < this.#limited.until) throw this.#limited.error;
      try {
        return { tool: await getTool(operation, { ...this.#options.project, toolId: id }).row, startedAt };
      } finally {
        this.#noteTime(id, performance.now() - startedAt);
      }
    });
  }

  #noteTime(id: string, tookMs: number): void {
    const { slowPollMs, restFactor } = this.#options.limits;
    if (tookMs > slowPollMs) {
      this.#slow.add(id);
      this.#restUntil.set(id, performance.now() + restFactor * tookMs);
    } else {
      this.#restUntil.delete(id);
      this.#slow.delete(id);
    }
  }

  #restAfterFailure(id: string, error: unknown): void {
    const failures = this.#failures.get(id) ?? 0;
    this.#failures.set(id, failures + 1);
    const { intervalMs, limits } = this.#options;
    const retryAfterMs = (error instanceof UpstreamError ? (error.call.retryAfter ?? 0) : 0) * 1000;
    const now = performance.now();
    // Half an interval less, because rounds start a little early or late.
    const restMs = Math.max(retryAfterMs, backoffMs(intervalMs, failures, limits.maxBackoffMs) - intervalMs / 2);
    this.#restUntil.set(id, Math.max(now + restMs, this.#restUntil.get(id) ?? 0));
    if (error instanceof UpstreamRateLimited && error !== this.#limited?.error) {
      this.#limited = { error, until: now + retryAfterMs };
    }
  }

  #isResting(id: string): boolean {
    return performance.now() < (this.#restUntil.get(id) ?? 0);
  }
}
