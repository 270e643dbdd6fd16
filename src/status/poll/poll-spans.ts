import type { Trace, Tracing } from '../../tracing.js';
import { UpstreamAborted } from '../../upstream/client/errors/upstream-errors.js';
import type { Operation } from '../../upstream/operation.js';
import type { Probe } from './probe.js';

type Round = () => Promise<number>;
type Begin = (signal: AbortSignal) => Operation;

/**
 * Makes the spans of one watch: `poll` for each round that asks the upstream, `probe` for each call that needs a slot. A round, and a
 * probe outside of a round, are traces of their own, as they serve all watchers. They link to the operation that started the watch.
 */
export class PollSpans {
  readonly #tracing: Tracing;
  readonly #starter: Trace | undefined;
  /** The round that is running. Its span starts with its first call: most instances have nothing to ask. */
  #round: { poll: Trace | undefined } | undefined;

  constructor(tracing: Tracing, starter: Trace | undefined) {
    this.#tracing = tracing;
    this.#starter = starter;
  }

  traceRounds(round: Round): Round {
    return async () => {
      const own: { poll: Trace | undefined } = { poll: undefined };
      this.#round = own;
      try {
        return await round();
      } finally {
        this.#round = undefined;
        own.poll?.end();
      }
    };
  }

  /** The operations that are begun in a round belong to it. */
  traceOperations(begin: Begin): Begin {
    return (signal) => begin(signal).again({ trace: this.#poll() });
  }

  traceProbes(probe: Probe): Probe {
    return async (kind, call) => {
      const queuedAt = performance.now();
      const span = this.#startProbe(kind);
      try {
        const answer = await probe(kind, (operation) => {
          span?.set({ 'gateway.probe.slot_wait_ms': Math.round(performance.now() - queuedAt) });
          return call(operation.again({ trace: span }));
        });
        span?.end();
        return answer;
      } catch (error) {
        span?.end(failureOf(error));
        throw error;
      }
    };
  }

  #startProbe(kind: string): Trace | undefined {
    const attributes = { 'gateway.probe.kind': kind };
    const poll = this.#poll();
    if (poll) return poll.child('probe', { attributes }) ?? poll;
    return this.#tracing.startTrace('probe', { attributes, linkTo: this.#starter });
  }

  /** The span of the round that is running. */
  #poll(): Trace | undefined {
    if (this.#round) this.#round.poll ??= this.#tracing.startTrace('poll', { linkTo: this.#starter });
    return this.#round?.poll;
  }
}

/** The class of the error, unless the watch has ended. */
function failureOf(error: unknown): string | undefined {
  const isEnd = error instanceof UpstreamAborted || (error instanceof Error && error.name === 'AbortError');
  return isEnd ? undefined : error instanceof Error ? error.constructor.name : 'error';
}
