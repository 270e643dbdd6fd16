import { createHash } from 'node:crypto';
import type { LiveFields, Observation } from '../observation.js';

/** The status of one tool as instances send it to each other. Contains no credential and no stored field of the tool. */
export interface SharedState {
  readonly toolId: string;
  readonly status: string;
  readonly lastError: string | null;
  readonly freshness: 'LIVE' | 'STALE';
  readonly removed: boolean;
  readonly observedAt: string;
  /** The other live fields, if watchers select any. */
  readonly live?: LiveFields | undefined;
  /** Milliseconds from the start of the poll that found it to the sending. An age, because clocks of instances differ. */
  readonly ageMs: number;
}

/** What a watch implements to share its polls. */
export interface ShareListener {
  /** If true, this instance polls from now on and must start with a new poll. If false, it receives the results of another instance. */
  onHoldingChange(holds: boolean): void;
  /**
   * Receives what the polling instance has found. `isWhole` means that no other tools are watched. Returns false if this instance
   * knows something newer about one of them.
   */
  onStates(states: readonly SharedState[], isWhole: boolean): boolean;
  /** The upstream cannot answer the polling instance. */
  onOutage(): void;
  /** Everything known, for an instance that requests it. */
  states(): readonly SharedState[];
}

/** One target of one credential, shared among instances: one of them polls, the others receive the results. */
export interface Share {
  /** True if this instance may poll and publish now. An instance that was frozen may have lost that right. */
  readonly holds: boolean;
  /** Sends changes to the other instances. `isWhole` means that no other tools are watched. */
  publish(states: readonly SharedState[], isWhole?: boolean): void;
  /** Called after each round of polls, so that the other instances can check whether they have missed a message. */
  roundEnded(): void;
  /** Called after a round of polls that the upstream could not answer. */
  roundFailed(): void;
  /** Called when the last local watcher has left, so that another instance can poll. */
  close(): void;
}

/**
 * The form in which an observation is sent, with its other live fields if `withLive` is set. `startedAt` is when its poll started, by
 * `performance.now()`.
 */
export function sharedOf(observation: Observation, startedAt: number, withLive: boolean): SharedState {
  const { tool, status, lastError, freshness, removed, observedAt, live } = observation;
  const ageMs = Math.max(0, performance.now() - startedAt);
  return {
    toolId: tool.toolId,
    status,
    lastError,
    freshness,
    removed,
    observedAt,
    ageMs,
    ...(withLive && live && { live }),
  };
}

/** Opens shares, and notifies instances of mutations. */
export interface Sharing {
  /** `key` identifies the upstream, the target and the credential; only its hash leaves the process. `onHoldingChange` is called soon after. */
  open(key: string, listener: ShareListener): Share;
  /**
   * Notifies every instance, this one included, that a mutation changed a tool. Without `toolId`, it changed which tools an agent or
   * project has.
   */
  touch(projectKey: string, toolId: string | undefined): void;
  close(): Promise<void>;
}

/** Called for each mutation of any instance. `projectHash` is `hashOf` the project's key. */
export type TouchListener = (projectHash: string, toolId: string | undefined) => void;

/** The only form in which names of targets and projects leave the process. */
export function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}
