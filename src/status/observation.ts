import type { ToolKey } from '../upstream/inkeep/keys.js';
import type { UpstreamTool } from '../upstream/inkeep/tool.js';

/** The fields of a tool besides its status that need a probe. */
export type LiveFields = Pick<UpstreamTool, 'availableTools' | 'version' | 'expiresAt' | 'createdBy'>;

/** What a poll found about a tool. `row` is set if the answer contained the whole tool, and `live` if only its live fields are known. */
export interface PollResult {
  readonly status: string;
  readonly lastError: string | null;
  readonly row?: UpstreamTool | undefined;
  readonly live?: LiveFields | undefined;
}

/** What is known about a watched tool. All its watchers share it. */
export interface Observation extends PollResult {
  readonly tool: ToolKey;
  /** Identifies the tool across projects and tenants. */
  readonly key: string;
  /** STALE: the upstream cannot answer now; the status is the last one known. */
  readonly freshness: 'LIVE' | 'STALE';
  /** True if the upstream has no such tool: it was deleted, or never existed. This is its last observation. */
  readonly removed: boolean;
  /** The status depends on the caller, so it is not for watchers with other credentials. */
  readonly isPersonal?: boolean;
  /** When the gateway received it, in RFC 3339. */
  readonly observedAt: string;
  /**
   * Reads the stored fields, at most once for all watchers, without a probe. If the tool is gone, returns the last ones known.
   * Undefined, as `row` is, if the watchers have different credentials: then each reads them with its own.
   */
  readonly stored?: (() => Promise<UpstreamTool | null>) | undefined;
}

/** An observation as one watcher receives it. */
export interface ToolChange {
  readonly observation: Observation;
  /** The status of the previous event about the tool that this watcher received; null in the first. */
  readonly previousStatus: string | null;
  /** Reads the stored fields with the watcher's own credential, if the observation has none. */
  readonly readStored?: (() => Promise<UpstreamTool | null>) | undefined;
}

/** The status that the upstream uses for "not known". */
export const UNKNOWN = 'unknown';

/** The live fields of a row that a probe returned. */
export function liveFieldsOf({ availableTools, version, expiresAt, createdBy }: UpstreamTool): LiveFields {
  return { availableTools, version, expiresAt, createdBy };
}

/** The result of a poll that returned the whole tool. */
export function pollResultOf(row: UpstreamTool): PollResult {
  return { status: row.status ?? UNKNOWN, lastError: row.lastError ?? null, row };
}

/**
 * True if a watcher that last received `before` must receive `after`. A different `lastError` alone is not a change, because error
 * texts vary from poll to poll.
 */
export function isChange(before: Observation | undefined, after: Observation): boolean {
  return (
    before === undefined ||
    before.status !== after.status ||
    before.freshness !== after.freshness ||
    before.removed !== after.removed
  );
}
