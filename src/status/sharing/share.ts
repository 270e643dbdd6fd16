import { createHash } from 'node:crypto';
import type { Observation } from '../observation.js';

/** What is known of one tool, as instances tell each other. Holds no credential and nothing of the tool but its status. */
export interface SharedState {
  readonly toolId: string;
  readonly status: string;
  readonly lastError: string | null;
  readonly freshness: 'LIVE' | 'STALE';
  readonly removed: boolean;
  readonly observedAt: string;
  /** Milliseconds since the look began that found it, when it is told: clocks of instances differ. */
  readonly ageMs: number;
}

/** The side of a watch that shares its looks. */
export interface ShareListener {
  /** From now on this instance looks, beginning with a fresh look; or it no longer does, and hears of another's. */
  onHoldingChange(holds: boolean): void;
  /**
   * What the instance that looks has found. `isWhole`: tools that are not among them are no longer watched. False where
   * something newer is known here of one of them.
   */
  onStates(states: readonly SharedState[], isWhole: boolean): boolean;
  /** Everything known, for an instance that asks. */
  states(): readonly SharedState[];
}

/** One watched thing of one credential, shared among instances: one of them looks, the others hear of it. */
export interface Share {
  /** Whether this instance may look and tell at this moment. A frozen instance that wakes may no longer. */
  readonly holds: boolean;
  /** Tells the other instances what a look has found that is news; `isWhole`: that this is all there is now. */
  publish(states: readonly SharedState[], isWhole?: boolean): void;
  /** A look is done: the others can see that they have missed nothing. */
  roundEnded(): void;
  /** The last local watcher has left: another instance may look. */
  close(): void;
}

/** What other instances are told of an observation; `startedAt`, on the clock of `performance.now()`: when its look began. */
export function sharedOf(observation: Observation, startedAt: number): SharedState {
  const { tool, status, lastError, freshness, removed, observedAt } = observation;
  const ageMs = Math.max(0, performance.now() - startedAt);
  return { toolId: tool.toolId, status, lastError, freshness, removed, observedAt, ageMs };
}

/** Opens shares, and carries the news that something was changed. */
export interface Sharing {
  /** `key` names the watched thing and the credential; it leaves the process only as a hash. `onHoldingChange` follows soon. */
  open(key: string, listener: ShareListener): Share;
  /** Tells every instance, this one too, that a tool of a project was changed, or, without an id, what belongs to what. */
  touch(projectKey: string, toolId: string | undefined): void;
  close(): Promise<void>;
}

/** Told of what any instance has changed; `projectHash` is `hashOf` the project's key. */
export type TouchListener = (projectHash: string, toolId: string | undefined) => void;

/** Names of watched things and projects leave the process only like this. */
export function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
