import { setMaxListeners } from 'node:events';
import { UpstreamError } from '../upstream/client/errors/upstream-errors.js';
import type { Operation } from '../upstream/operation.js';
import { Board, type BoardEvents } from './board.js';
import type { StatusLimits } from './limits.js';
import { Pace } from './poll/pace.js';
import { PollLoop } from './poll/poll-loop.js';
import type { PollSlots } from './poll/poll-slots.js';
import type { PollSpans } from './poll/poll-spans.js';
import { Poller } from './poll/poller.js';
import { createProbe, type Probe } from './poll/probe.js';
import { SinglePolls } from './poll/single-polls.js';
import { Recorder } from './recorder.js';
import type { Sharing } from './sharing/share.js';
import { WatchShares } from './sharing/watch-shares.js';
import type { Target } from './target.js';
import type { Sink, Watcher } from './watchers.js';

/** `ok`: one bulk poll. `singly`: a single poll. */
export type PollOutcome = 'ok' | 'singly' | 'failed';

export interface WatchOptions {
  readonly target: Target;
  readonly intervalMs: number;
  readonly limits: StatusLimits;
  readonly slots: PollSlots;
  /** Watches of different turns take slots in rotation. */
  readonly turn: string;
  readonly sharing: Sharing;
  /** The watchers have different credentials: observations have no stored fields. */
  readonly isForAll: boolean;
  /** Identifies the upstream, the target and the credential among instances. */
  readonly shareKey: string;
  /** Starts an operation with the watchers' credentials. */
  begin(signal: AbortSignal): Operation;
  /** Undefined if spans are not made. */
  readonly spans?: PollSpans | undefined;
  /** Called after each poll with its duration, including the wait for a slot. */
  onPoll(tookMs: number, outcome: PollOutcome): void;
  /** The last watcher has left. */
  onEmpty(): void;
}

/**
 * One target that is watched with one credential. It polls from the first `join` until the last `leave`; all its watchers share
 * the results. The board holds what is known, the poller asks the upstream, and the shares decide which instance polls.
 */
export class Watch {
  readonly #options: WatchOptions;
  readonly #pace: Pace;
  readonly #board: Board;
  readonly #shares: WatchShares;
  readonly #recorder: Recorder;
  readonly #singles: SinglePolls;
  readonly #poller: Poller;
  readonly #loop: PollLoop;
  readonly #stop = new AbortController();
  #slowestMs = { before: 0, now: 0 };

  constructor(options: WatchOptions) {
    const { target, limits, slots, turn, isForAll, spans } = options;
    const begin = spans?.traceOperations(options.begin) ?? options.begin;
    const { signal } = this.#stop;
    // Each poll that waits for a slot adds a listener.
    setMaxListeners(0, signal);
    this.#options = options;
    this.#pace = new Pace(options);
    const round = () => this.#runRound();
    this.#loop = new PollLoop(spans?.traceRounds(round) ?? round, signal);
    this.#shares = this.#createShares();
    const events: BoardEvents = {
      onToolWatched: (id) => this.#shares.openTool(id),
      onToolUnwatched: (id) => this.#shares.closeTool(id),
      onChange: (observation, startedAt) => this.#shares.publish(observation, startedAt),
      onEmpty: () => this.#end(),
    };
    this.#board = new Board(target.project, events, isForAll);
    this.#recorder = new Recorder({ target, board: this.#board, shares: this.#shares, signal, begin });
    const probe = createProbe({ slots, turn, ...limits, signal, begin });
    const traced = spans?.traceProbes(probe) ?? probe;
    this.#singles = this.#createSinglePolls(traced);
    this.#poller = this.#createPoller(traced, begin);
  }

  /** How many intervals the slowest poll of the current and the previous round took, at least 1. Tools that hang are not counted. */
  get stretch(): number {
    return Math.max(1, Math.max(this.#slowestMs.before, this.#slowestMs.now) / this.#options.intervalMs);
  }

  /** The new watcher receives what is known at once. Tools of which nothing is known are polled now. */
  join(sink: Sink, watcher: Watcher): void {
    if (!this.#loop.isRunning) this.#shares.open();
    const unknown = this.#board.join(sink, watcher);
    if (!this.#loop.isRunning) void this.#loop.start();
    else if (!this.#options.target.isForMany(unknown.length)) this.#pollNow(unknown);
    else if (unknown.length > 0) this.#runRoundSoon();
  }

  /** Polling ends when the last watcher leaves. */
  leave(sink: Sink): void {
    this.#board.leave(sink);
  }

  /** Sends what is known of these tools to one sink. */
  replay(sink: Sink, ids: Iterable<string>): void {
    this.#board.replay(sink, ids);
  }

  /** Polls now after a mutation changed this tool. Without an id, the mutation changed which tools an agent or project has. */
  touch(toolId?: string): void {
    if (toolId === undefined) {
      if (this.#options.target.kind !== 'tools') this.#runRoundSoon();
    } else if (this.#board.isMember(toolId) && this.#shares.holds(toolId)) this.#singles.touch(toolId);
  }

  /** Polls all tools. Returns the milliseconds until the next round. Does nothing while other instances hold all shares. */
  async #runRound(): Promise<number> {
    this.#slowestMs = { before: this.#slowestMs.now, now: 0 };
    const startedAt = performance.now();
    if (!this.#shares.holdsAny) return this.#options.intervalMs;
    try {
      await this.#poller.pollAll(startedAt);
      this.#shares.roundEnded();
      return this.#pace.afterSuccess(performance.now() - startedAt);
    } catch (error) {
      if (this.#stop.signal.aborted) return 0;
      this.#notePoll(performance.now() - startedAt, 'failed');
      this.#recorder.roundFailure(error, startedAt);
      this.#shares.roundFailed();
      return this.#pace.afterFailure(error instanceof UpstreamError ? error.call.retryAfter : undefined);
    }
  }

  #runRoundSoon(): void {
    this.#loop.runSoon();
    // The next round must not wait for a tool that hangs in this one.
    this.#singles.stopWaiting();
  }

  #pollNow(ids: readonly string[]): void {
    void this.#singles.poll(this.#shares.held(ids), { now: true });
  }

  #notePoll(tookMs: number, outcome: PollOutcome): void {
    this.#slowestMs.now = Math.max(this.#slowestMs.now, tookMs);
    this.#options.onPoll(tookMs, outcome);
  }

  #createShares(): WatchShares {
    const { sharing, shareKey, target } = this.#options;
    return new WatchShares({
      sharing,
      key: shareKey,
      isPerTool: target.kind === 'tools',
      withLive: target.withLive,
      onHeld: (id) => {
        if (id === undefined) this.#runRoundSoon();
        else void this.#singles.poll([id], { now: true });
      },
      onStates: (states, isWhole) => this.#recorder.sharedStates(states, isWhole),
      onOutage: () => this.#recorder.sharedOutage(),
      states: () => this.#board.shared(target.withLive),
    });
  }

  #createSinglePolls(probe: Probe): SinglePolls {
    const { target, intervalMs, limits } = this.#options;
    return new SinglePolls({
      project: target.project,
      intervalMs,
      limits,
      probe,
      onResult: (id, result, startedAt) => this.#recorder.singleResult(id, result, startedAt),
      onGone: (id, startedAt) => this.#recorder.gone(id, startedAt),
      onFailure: (id, error, startedAt) => this.#recorder.singleFailure(id, error, startedAt),
      onEnd: (tookMs, outcome) => this.#notePoll(tookMs, outcome === 'ok' ? 'singly' : outcome),
    });
  }

  #createPoller(probe: Probe, begin: WatchOptions['begin']): Poller {
    const { target, intervalMs, limits } = this.#options;
    return new Poller({
      target,
      intervalMs,
      limits,
      board: this.#board,
      shares: this.#shares,
      recorder: this.#recorder,
      probe,
      singles: this.#singles,
      signal: this.#stop.signal,
      begin,
      isNextDue: () => this.#loop.isDue,
      onBulkPoll: (tookMs) => this.#notePoll(tookMs, 'ok'),
    });
  }

  #end(): void {
    this.#shares.close();
    this.#stop.abort();
    this.#options.onEmpty();
  }
}
