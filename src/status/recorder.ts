import {
  UpstreamError,
  UpstreamForbidden,
  UpstreamUnauthenticated,
} from '../upstream/client/errors/upstream-errors.js';
import type { Operation } from '../upstream/operation.js';
import type { Board } from './board.js';
import type { PollResult } from './observation.js';
import { StoredRows } from './poll/stored-rows.js';
import type { SharedState } from './sharing/share.js';
import type { WatchShares } from './sharing/watch-shares.js';
import type { Target } from './target.js';

export interface RecorderOptions {
  readonly target: Target;
  readonly board: Board;
  readonly shares: WatchShares;
  /** Aborts when the watch ends. */
  readonly signal: AbortSignal;
  /** Starts an operation with the watchers' credentials. */
  begin(signal: AbortSignal): Operation;
}

/**
 * Records on the board what polls and other instances report. A result of this instance is used only while the instance holds the
 * share of the tool, and only if the tool is watched. `startedAt` is when the poll started, by `performance.now()`.
 */
export class Recorder {
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /** Records one answer of a bulk poll: results by tool id. */
  bulkResults(results: ReadonlyMap<string, PollResult>, startedAt: number): void {
    const { target, board, shares } = this.#options;
    if (!shares.holdsAny) return;
    if (target.kind !== 'tools') board.addMembers(results.keys(), startedAt);
    const rows = this.#storedRows();
    for (const [id, result] of results) {
      if (board.isMember(id) && shares.holds(id)) board.observe(id, result, startedAt, () => rows.read(id));
    }
  }

  /** Records the result of a single poll. A tool that has left its agent is dropped; one that a page of its project skipped is kept. */
  singleResult(id: string, result: PollResult, startedAt: number): void {
    const { target, board, shares } = this.#options;
    if (!shares.holds(id)) return;
    const isMember = board.isMember(id);
    if (!isMember && !board.isKnown(id)) return;
    if (!isMember && target.kind === 'agent') board.drop(id);
    else board.observe(id, result, startedAt, () => this.#storedRows().read(id));
  }

  /** Removes a tool: a single poll found that the upstream has no such tool. */
  gone(id: string, startedAt: number): void {
    const { board, shares } = this.#options;
    if (shares.holds(id) && (board.isMember(id) || board.isKnown(id))) board.remove(id, startedAt);
  }

  /** Records the failure of a single poll, which affects only this tool. */
  singleFailure(id: string, error: unknown, startedAt: number): void {
    const { board, shares, signal } = this.#options;
    if (signal.aborted || !board.isMember(id) || !shares.holds(id)) return;
    if (isFinal(error)) board.fail(error, id);
    else this.#markStale(id, startedAt);
  }

  /** Records the failure of a whole round: ends all watchers if polling again cannot help, otherwise marks every tool as stale. */
  roundFailure(error: unknown, startedAt: number): void {
    const { board, shares } = this.#options;
    if (isFinal(error)) board.fail(error);
    else for (const id of shares.held(board.members)) this.#markStale(id, startedAt);
  }

  /**
   * Records states that another instance published. `isWhole` means that no other tools are watched. Returns false if this instance knows
   * something newer about one of them.
   */
  sharedStates(states: readonly SharedState[], isWhole: boolean): boolean {
    const { target, board } = this.#options;
    if (target.kind !== 'tools') {
      // Before the members are replaced: a message about the removal may have been lost, and its watchers must receive it now.
      for (const state of states) if (state.removed && board.isKnown(state.toolId)) this.#apply(state);
      const present = states.filter(({ removed }) => !removed);
      const ids = present.map(({ toolId }) => toolId);
      const startedAt = performance.now() - Math.max(0, ...present.map(({ ageMs }) => ageMs));
      if (isWhole) board.replaceMembers(ids, startedAt);
      else board.addMembers(ids, startedAt);
    }
    const rows = this.#storedRows();
    const own = states.filter(({ toolId }) => board.isMember(toolId) || board.isKnown(toolId));
    return own.map((state) => this.#apply(state, rows)).every((isApplied) => isApplied);
  }

  #apply(state: SharedState, rows = this.#storedRows()): boolean {
    return this.#options.board.applyShared(state, () => rows.read(state.toolId));
  }

  /** The upstream cannot answer the instance that polls. */
  sharedOutage(): void {
    const startedAt = performance.now();
    for (const id of this.#options.board.knownIds) this.#markStale(id, startedAt);
  }

  #markStale(id: string, startedAt: number): void {
    this.#options.board.markStale(id, startedAt, () => this.#storedRows().read(id));
  }

  /** Not tied to the watch's signal: a client can select stored fields of its last event after the watch has ended. */
  #storedRows(): StoredRows {
    const { target, begin } = this.#options;
    return new StoredRows(target.project, () => begin(new AbortController().signal));
  }
}

/** True if polling again cannot help: the credential was refused, or the failure is the gateway's own. */
export function isFinal(error: unknown): boolean {
  return (
    !(error instanceof UpstreamError) || error instanceof UpstreamUnauthenticated || error instanceof UpstreamForbidden
  );
}
