import { setMaxListeners } from 'node:events';
import {
  UpstreamError,
  UpstreamForbidden,
  UpstreamTimeout,
  UpstreamUnauthenticated,
} from '../upstream/client/upstream-errors.js';
import type { Operation } from '../upstream/operation.js';
import { Board, type Watcher } from './board.js';
import type { Mailbox } from './mailbox.js';
import type { PollResult } from './observation.js';
import { Pace } from './poll/pace.js';
import type { PollSlots } from './poll/poll-slots.js';
import { createProbe, PATIENCE_MS, PollTimeout, type Probe } from './poll/probe.js';
import { SinglePolls } from './poll/single-polls.js';
import { StoredRows } from './poll/stored-rows.js';
import type { SharedState, Sharing } from './sharing/share.js';
import { WatchShares } from './sharing/watch-shares.js';
import type { Target } from './target.js';

/** After a look at all that took too long, tools are looked at singly for so many intervals, and for as long as one hangs. */
const SINGLY_INTERVALS = 10;
const SINGLY_MS = 4 * PATIENCE_MS;

/** A bulk poll that takes longer is helped out by single ones, if it is the first of a tool. */
const HEDGE_MS = 200;

/** `ok`: one look at all. `singly`: a look at each. */
export type PollOutcome = 'ok' | 'singly' | 'failed';

export interface WatchOptions {
  readonly target: Target;
  readonly intervalMs: number;
  readonly slots: PollSlots;
  /** Watches take turns by it. */
  readonly turn: string;
  readonly sharing: Sharing;
  /** Names what is watched and the credential, among instances. */
  readonly shareKey: string;
  /** An operation with the watchers' credentials. */
  begin(signal: AbortSignal): Operation;
  /** Told of each look: how long it took, waiting for a place included. */
  onPoll(tookMs: number, outcome: PollOutcome): void;
  /** The last watcher has left. */
  onEmpty(): void;
}

/** One thing that is looked at for one credential, and everybody who watches it. Looks while it has a watcher. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #pace: Pace;
  readonly #board: Board;
  readonly #shares: WatchShares;
  readonly #probe: Probe;
  readonly #singles: SinglePolls;
  readonly #stop = new AbortController();
  #singlyUntil = 0;
  #slowestMs = { before: 0, now: 0 };
  #running = false;
  #isDue = false;
  #wake: (() => void) | undefined;

  constructor(options: WatchOptions) {
    const { target, intervalMs, slots, turn, begin } = options;
    const { signal } = this.#stop;
    // Each look that waits for a place listens.
    setMaxListeners(0, signal);
    this.#options = options;
    this.#pace = new Pace(options);
    this.#shares = new WatchShares({
      sharing: options.sharing,
      key: options.shareKey,
      isPerTool: target.kind === 'tools',
      onHoldingChange: (id) => this.#takeOver(id),
      onStates: (states, isWhole) => this.#receive(states, isWhole),
      states: () => this.#board.shared,
    });
    this.#board = new Board(target.project, {
      onToolWatched: (id) => this.#shares.want(id),
      onToolUnwatched: (id) => this.#shares.unwant(id),
      onChange: (observation, startedAt) => this.#shares.publish(observation, startedAt),
      onEmpty: () => this.#end(),
    });
    this.#probe = createProbe({ slots, turn, signal, begin });
    this.#singles = new SinglePolls({
      project: target.project,
      intervalMs,
      probe: this.#probe,
      onResult: (id, look, startedAt) => this.#seen(id, look, startedAt),
      onGone: (id, startedAt) => this.#gone(id, startedAt),
      onFailure: (id, error, startedAt) => this.#unseen(id, error, startedAt),
      onEnd: (tookMs, outcome) => this.#note(tookMs, outcome === 'ok' ? 'singly' : outcome),
    });
  }

  /** How many times the interval the slowest look of the last round took, hanging tools left out; 1 at the least. */
  get stretch(): number {
    return Math.max(1, Math.max(this.#slowestMs.before, this.#slowestMs.now) / this.#options.intervalMs);
  }

  /** The newcomer is told what is known at once. The first one starts the looking. */
  join(mailbox: Mailbox, watcher: Watcher): void {
    if (!this.#running) this.#shares.open();
    const unknown = this.#board.join(mailbox, watcher);
    if (!this.#running) void this.#run();
    else if (this.#options.target.isForMany(unknown.length)) this.#pollSoon(unknown.length > 0);
    else void this.#singles.poll(this.#shares.held(unknown), { now: true });
  }

  /** The last one to leave ends the looking. */
  leave(mailbox: Mailbox): void {
    this.#board.leave(mailbox);
  }

  /** Something was changed: a tool, or, without an id, which tools belong to what is watched. */
  touch(toolId?: string): void {
    if (toolId !== undefined && this.#board.isMember(toolId)) {
      if (this.#shares.holds(toolId)) this.#singles.touch(toolId);
    } else this.#pollSoon(toolId === undefined && this.#options.target.kind !== 'tools');
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (!this.#stop.signal.aborted) {
      this.#isDue = false;
      this.#slowestMs = { before: this.#slowestMs.now, now: 0 };
      await this.#pause(await this.#round());
    }
  }

  /** Looks once. Milliseconds until the next time. */
  async #round(): Promise<number> {
    const startedAt = performance.now();
    // Another instance looks; this one is woken when it is to.
    if (!this.#shares.holdsAny) return this.#options.intervalMs;
    try {
      if (!(await this.#pollTogether(startedAt))) {
        await this.#pollMembers(startedAt, (id) => !this.#board.observedSince(id, startedAt));
      }
      this.#shares.roundEnded();
      return this.#pace.afterSuccess(performance.now() - startedAt);
    } catch (error) {
      if (this.#stop.signal.aborted) return 0;
      this.#note(performance.now() - startedAt, 'failed');
      if (isFinal(error)) this.#board.fail(error);
      else for (const id of this.#shares.held(this.#board.members)) this.#stale(id, startedAt);
      return this.#pace.afterFailure(error instanceof UpstreamError ? error.call.retryAfter : undefined);
    }
  }

  /** Whether each tool that is watched has been observed. */
  get #isComplete(): boolean {
    const { members } = this.#board;
    return members.length > 0 && members.every((id) => this.#board.knows(id));
  }

  /** One look at all of them. False where there is no such way now. Rejects where the upstream cannot be asked. */
  async #pollTogether(startedAt: number): Promise<boolean> {
    const { target } = this.#options;
    const members = this.#shares.held(this.#board.members);
    const isSlow = this.#singles.hasSlow((id) => this.#board.isMember(id));
    if (isSlow || startedAt < this.#singlyUntil || !target.isForMany(members.length)) return false;
    const hedge = this.#hedge(startedAt);
    const onResults = (looks: ReadonlyMap<string, PollResult>): void => {
      hedge.restart();
      this.#observe(looks, startedAt);
    };
    const ids = await this.#inTime(target.poll(this.#probe, members, onResults)).finally(hedge.stop);
    if (!ids) {
      const singlyMs = Math.max(SINGLY_MS, SINGLY_INTERVALS * this.#options.intervalMs);
      this.#singlyUntil = performance.now() + singlyMs;
      return false;
    }
    this.#note(performance.now() - startedAt, 'ok');
    if (!this.#shares.holdsAny) return true;
    const missing = target.kind === 'tools' ? members.filter((id) => !ids.has(id)) : this.#board.list(ids, startedAt);
    // Gone upstream, skipped by paging, or no part of this any more: a look at each tells which.
    void this.#singles.poll(missing);
    return true;
  }

  /** Takes what one answer of a bulk poll says. */
  #observe(looks: ReadonlyMap<string, PollResult>, startedAt: number): void {
    if (!this.#shares.holdsAny) return;
    if (this.#options.target.kind !== 'tools') this.#board.applySharedMembers([...looks.keys()], false);
    const rows = this.#storedRows();
    for (const [id, look] of looks) {
      if (this.#board.isMember(id) && this.#shares.holds(id)) {
        this.#board.observe(id, look, startedAt, () => rows.read(id));
      }
    }
  }

  /**
   * A bulk poll answers when its slowest tool does. If tools have never been observed and nothing has come for 200 ms, they are
   * polled singly besides, so that the first event of each comes when its own probe ends.
   */
  #hedge(startedAt: number): { restart(): void; stop(): void } {
    if (this.#isComplete) return { restart() {}, stop() {} };
    const timer = setTimeout(() => {
      const isUnknown = (id: string): boolean => !this.#board.knows(id);
      // Why it failed, the bulk poll says as well.
      this.#pollMembers(startedAt, isUnknown).catch(() => {});
    }, HEDGE_MS);
    return { restart: () => timer.refresh(), stop: () => clearTimeout(timer) };
  }

  async #inTime<Value>(look: Promise<Value>): Promise<Value | undefined> {
    try {
      return await look;
    } catch (error) {
      if (error instanceof PollTimeout || error instanceof UpstreamTimeout) return undefined;
      throw error;
    }
  }

  /** Polls each tool by itself; only those that are wanted, if `isWanted` is given. */
  async #pollMembers(startedAt: number, isWanted: (id: string) => boolean = () => true): Promise<void> {
    const { target, begin } = this.#options;
    if (!target.members) return this.#pollSingly(this.#shares.held(this.#board.members), isWanted);
    const members = await target.members(begin(this.#stop.signal));
    const missing = this.#board.list(members ?? [], startedAt);
    if (members === null && this.#board.isBlank) this.#board.finish();
    else await this.#pollSingly([...(members ?? []), ...missing], isWanted);
    if (members === null && this.#board.isBlank) this.#board.finish();
  }

  /** Resolves when those wanted are polled, or as soon as the next round is due. */
  async #pollSingly(ids: readonly string[], isWanted: (id: string) => boolean): Promise<void> {
    const polls = this.#singles.poll(ids.filter(isWanted), { isWanted });
    if (!this.#isDue) await polls;
  }

  #seen(id: string, look: PollResult, startedAt: number): void {
    if (!this.#shares.holds(id)) return;
    const { kind } = this.#options.target;
    const isMissing = this.#board.knows(id) && !this.#board.isMember(id);
    if (isMissing && kind === 'agent') this.#board.drop(id);
    else if (isMissing || this.#board.isMember(id)) {
      this.#board.observe(id, look, startedAt, () => this.#storedRows().read(id));
    }
  }

  #gone(id: string, startedAt: number): void {
    if (!this.#shares.holds(id)) return;
    if (this.#board.isMember(id) || this.#board.knows(id)) this.#board.remove(id, startedAt);
  }

  /** One tool cannot be asked for now: the others are none the worse. */
  #unseen(id: string, error: unknown, startedAt: number): void {
    if (this.#stop.signal.aborted || !this.#board.isMember(id) || !this.#shares.holds(id)) return;
    if (isFinal(error)) this.#board.fail(error, id);
    else this.#stale(id, startedAt);
  }

  /** It falls to this instance to look: at all, or at one tool. */
  #takeOver(id: string | undefined): void {
    if (id === undefined) this.#pollSoon();
    else void this.#singles.poll([id], { now: true });
  }

  /** False where something newer is known of one of them. */
  #receive(states: readonly SharedState[], isWhole: boolean): boolean {
    const rows = this.#storedRows();
    if (this.#options.target.kind !== 'tools') {
      const there = states.filter(({ removed }) => !removed).map(({ toolId }) => toolId);
      this.#board.applySharedMembers(there, isWhole);
    }
    const own = states.filter(({ toolId }) => this.#board.isMember(toolId) || this.#board.knows(toolId));
    const taken = own.map((state) => this.#board.receive(state, () => rows.read(state.toolId)));
    return taken.every((isTaken) => isTaken);
  }

  #stale(id: string, startedAt: number): void {
    this.#board.stale(id, startedAt, () => this.#storedRows().read(id));
  }

  /** Whoever was told of a tool may ask for its fields, though nobody watches any more. */
  #storedRows(): StoredRows {
    const { target, begin } = this.#options;
    return new StoredRows(target.project, () => begin(new AbortController().signal));
  }

  #note(tookMs: number, outcome: PollOutcome): void {
    this.#slowestMs.now = Math.max(this.#slowestMs.now, tookMs);
    this.#options.onPoll(tookMs, outcome);
  }

  #pollSoon(isDue = true): void {
    if (!isDue) return;
    this.#isDue = true;
    this.#wake?.();
    // The next round must not wait for a tool that hangs in this one.
    this.#singles.stopWaiting();
  }

  #pause(ms: number): Promise<void> {
    if (this.#isDue || this.#stop.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }

  #end(): void {
    this.#shares.close();
    this.#stop.abort();
    this.#wake?.();
    this.#options.onEmpty();
  }
}

/** No use in asking again: the credential does not do, or the failure is not the upstream's. */
function isFinal(error: unknown): boolean {
  return (
    !(error instanceof UpstreamError) || error instanceof UpstreamUnauthenticated || error instanceof UpstreamForbidden
  );
}
