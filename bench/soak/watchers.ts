import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const QUERY = `subscription ($watch: ToolStatusWatch!) {
  toolStatus(watch: $watch) { tool { toolId } status previousStatus lastError freshness removed }
}`;

interface StatusEvent {
  readonly tool: { readonly toolId: string };
  readonly status: string;
  readonly previousStatus: string | null;
  readonly lastError: string | null;
  readonly freshness: string;
  readonly removed: boolean;
}

/** What watchers must never see. */
export interface Mistakes {
  /** Events that say the same as the event before them. */
  repeated: number;
  /** Events whose `previousStatus` is not the status of the event before them. */
  lost: number;
  /** Subscriptions that ended by themselves, or with an error. */
  ended: number;
}

/** Subscriptions to the same watch on one instance, which reconnect when it goes away. */
export class Watchers {
  readonly mistakes: Mistakes = { repeated: 0, lost: 0, ended: 0 };
  events = 0;
  readonly #clients: Client[] = [];
  readonly #last: Map<string, StatusEvent>[] = [];
  #isLeaving = false;

  constructor(url: string, watch: object, { sockets, perSocket }: { sockets: number; perSocket: number }) {
    for (let n = 0; n < sockets; n++) {
      const seen = Array.from({ length: perSocket }, () => new Map<string, StatusEvent>());
      const client = createClient({
        url: `${url.replace('http', 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        retryAttempts: Number.POSITIVE_INFINITY,
        retryWait: () => new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 800)),
        shouldRetry: () => true,
        // A new socket begins with the current statuses again.
        on: { connected: () => seen.forEach((last) => void last.clear()) },
      });
      this.#clients.push(client);
      this.#last.push(...seen);
      for (const last of seen) this.#watch(client, watch, last);
    }
  }

  /** Watchers whose last event about this tool does not have this status, live. */
  behind(toolId: string, status: string): number {
    const isBehind = (last: Map<string, StatusEvent>): boolean => {
      const event = last.get(toolId);
      return event?.status !== status || event.freshness !== 'LIVE';
    };
    return this.#last.filter(isBehind).length;
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    await Promise.all(this.#clients.map((client) => client.dispose()));
  }

  #watch(client: Client, watch: object, last: Map<string, StatusEvent>): void {
    const ended = (): void => {
      if (!this.#isLeaving) this.mistakes.ended += 1;
    };
    client.subscribe<{ toolStatus: StatusEvent }>(
      { query: QUERY, variables: { watch } },
      { next: ({ data }) => data && this.#note(data.toolStatus, last), error: ended, complete: ended },
    );
  }

  #note(event: StatusEvent, last: Map<string, StatusEvent>): void {
    const before = last.get(event.tool.toolId);
    this.events += 1;
    if (before && JSON.stringify(said(before)) === JSON.stringify(said(event))) this.mistakes.repeated += 1;
    if (before && before.status !== event.previousStatus) this.mistakes.lost += 1;
    last.set(event.tool.toolId, event);
  }
}

function said({ status, lastError, freshness, removed }: StatusEvent) {
  return { status, lastError, freshness, removed };
}
