import { UpstreamTimeout } from '../../upstream/client/errors/upstream-errors.js';
import type { Operation } from '../../upstream/operation.js';
import type { Board } from '../board.js';
import type { StatusLimits } from '../limits.js';
import type { Recorder } from '../recorder.js';
import type { WatchShares } from '../sharing/watch-shares.js';
import type { Target } from '../target.js';
import { PollTimeout, type Probe } from './probe.js';
import type { SinglePolls } from './single-polls.js';

export interface PollerOptions {
  readonly target: Target;
  readonly intervalMs: number;
  readonly limits: StatusLimits;
  readonly board: Board;
  readonly shares: WatchShares;
  readonly recorder: Recorder;
  readonly probe: Probe;
  readonly singles: SinglePolls;
  /** Aborts when the watch ends. */
  readonly signal: AbortSignal;
  /** Starts an operation with the watchers' credentials. */
  begin(signal: AbortSignal): Operation;
  /** True if the next round was requested and must not wait for this one. */
  isNextDue(): boolean;
  /** Called when a bulk poll has succeeded, with its duration. */
  onBulkPoll(tookMs: number): void;
}

interface Hedge {
  restart(): void;
  stop(): void;
}

const NO_HEDGE: Hedge = { restart() {}, stop() {} };

/** Polls all tools of one watch: in one bulk poll if that is possible and no tool hangs, otherwise each tool by itself. */
export class Poller {
  readonly #options: PollerOptions;
  #singlyUntil = 0;

  constructor(options: PollerOptions) {
    this.#options = options;
  }

  /**
   * Polls every tool once. `startedAt` is the start of the round, by `performance.now()`. Resolves when all are polled, or when
   * the interval is over. Rejects with an UpstreamError if the upstream cannot answer for the whole.
   */
  async pollAll(startedAt: number): Promise<void> {
    if (this.#canPollInBulk(startedAt) && (await this.#pollInBulk(startedAt))) return;
    await this.#pollSingly(startedAt, (id) => !this.#options.board.isObservedSince(id, startedAt));
  }

  #canPollInBulk(now: number): boolean {
    const { target, board, shares, singles } = this.#options;
    singles.forgetAllBut((id) => board.isMember(id));
    return !singles.hasSlow && now >= this.#singlyUntil && target.isForMany(shares.held(board.members).length);
  }

  /**
   * Polls all tools together. Returns false if that timed out or is not possible now; the caller then polls them singly. Example:
   * the bulk poll of an agent with tools a, b and c reports only a and b → c is polled by itself, because it may be deleted
   * upstream, detached from the agent, or skipped by paging.
   */
  async #pollInBulk(startedAt: number): Promise<boolean> {
    const { target, board, shares, recorder, probe, singles, intervalMs, limits } = this.#options;
    const members = shares.held(board.members);
    const hedge = this.#startHedge(startedAt);
    const poll = target.poll(probe, members, (results) => {
      hedge.restart();
      recorder.bulkResults(results, startedAt);
    });
    const ids = await undefinedIfTimedOut(poll).finally(hedge.stop);
    if (!ids) {
      this.#singlyUntil = performance.now() + Math.max(limits.singlyMs, limits.singlyIntervals * intervalMs);
      return false;
    }
    this.#options.onBulkPoll(performance.now() - startedAt);
    if (!shares.holdsAny) return true;
    const missing = target.kind === 'tools' ? members.filter((id) => !ids.has(id)) : board.setMembers(ids, startedAt);
    void singles.poll(missing);
    return true;
  }

  /**
   * A bulk poll takes as long as its slowest tool. If some tools have never been observed and no answer has come for `hedgeMs`, these
   * tools are also polled singly, so that the first event of each is sent when its own probe ends.
   */
  #startHedge(startedAt: number): Hedge {
    const { board, limits } = this.#options;
    const { members } = board;
    if (members.length > 0 && members.every((id) => board.isKnown(id))) return NO_HEDGE;
    const timer = setTimeout(() => {
      // The bulk poll reports the same failure.
      this.#pollSingly(startedAt, (id) => !board.isKnown(id)).catch(() => {});
    }, limits.hedgeMs);
    return { restart: () => timer.refresh(), stop: () => clearTimeout(timer) };
  }

  /** Polls each tool for which `isWanted` is true. An agent's or project's tools are listed first. */
  async #pollSingly(startedAt: number, isWanted: (id: string) => boolean): Promise<void> {
    const { target, board, shares, signal, begin } = this.#options;
    if (!target.members) return this.#pollEach(shares.held(board.members), isWanted);
    const members = await target.members(begin(signal));
    const missing = board.setMembers(members ?? [], startedAt);
    const isGone = members === null;
    if (isGone && board.isBlank) board.finish();
    else await this.#pollEach([...(members ?? []), ...missing], isWanted);
    if (isGone && board.isBlank) board.finish();
  }

  /** Resolves when all are polled, or as soon as the next round is due. */
  async #pollEach(ids: readonly string[], isWanted: (id: string) => boolean): Promise<void> {
    const polls = this.#options.singles.poll(ids.filter(isWanted), { isWanted });
    if (!this.#options.isNextDue()) await polls;
  }
}

async function undefinedIfTimedOut<Value>(poll: Promise<Value>): Promise<Value | undefined> {
  try {
    return await poll;
  } catch (error) {
    if (error instanceof PollTimeout || error instanceof UpstreamTimeout) return undefined;
    throw error;
  }
}
