import type { ToolKey } from '../upstream/inkeep/keys.js';
import type { UpstreamTool } from '../upstream/inkeep/tool.js';

/** What a look found of a tool. `row` where the answer held the whole tool. */
export interface PollResult {
  readonly status: string;
  readonly lastError: string | null;
  readonly row?: UpstreamTool | undefined;
}

/** What is known of a watched tool. Shared by all its watchers. */
export interface Observation extends PollResult {
  readonly tool: ToolKey;
  /** Tells tools apart, across projects and tenants. */
  readonly key: string;
  /** STALE: the upstream cannot be asked now; this is the last that was known. */
  readonly freshness: 'LIVE' | 'STALE';
  /** The tool is gone upstream, or never was. The last observation of it. */
  readonly removed: boolean;
  /** RFC 3339, when the gateway learnt it. */
  readonly observedAt: string;
  /** Stored fields, read at most once for all watchers, without discovery; the last known where the tool is gone. */
  stored(): Promise<UpstreamTool | null>;
}

/** An observation as one watcher is told it. */
export interface ToolChange {
  readonly observation: Observation;
  /** What this watcher was told last; null in its first report of the tool. */
  readonly previousStatus: string | null;
}

/** The upstream's word for "not known". */
export const UNKNOWN = 'unknown';

/** A probed row as a look. */
export function pollResultOf(row: UpstreamTool): PollResult {
  return { status: row.status ?? UNKNOWN, lastError: row.lastError ?? null, row };
}

/** Whether the second tells a watcher of the first anything. Error texts vary from look to look and are no news by themselves. */
export function isChange(before: Observation | undefined, after: Observation): boolean {
  return (
    before === undefined ||
    before.status !== after.status ||
    before.freshness !== after.freshness ||
    before.removed !== after.removed
  );
}
