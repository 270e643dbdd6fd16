import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import type { ErrorCode } from '../graph/core/errors/error-codes.js';
import { clientAddress } from './client-address.js';
import type { HttpExtensions } from './execution/public-errors.js';

type HeaderReader = (name: string) => string | undefined;
type Counted = 'webSockets' | 'subscriptions';

/** What one client has open. A client is an address, or a credential. */
interface Count {
  readonly key: string;
  readonly by: 'Address' | 'Credential';
  open: number;
}

/** The HTTP status of a refusal. */
export const TOO_MANY_REQUESTS = 429;

/** Why a client may not open another one. The error of an answer, as it is sent. */
export class TooMany {
  readonly message: string;
  readonly extensions: {
    readonly code: ErrorCode;
    readonly limit: string;
    readonly allowed: number;
    readonly actual: number;
  };

  constructor(what: Counted, by: Count['by'], allowed: number) {
    this.message = `This ${by.toLowerCase()} has ${allowed} ${NAMES[what]} already. Close some first.`;
    this.extensions = { code: 'LIMIT_EXCEEDED', limit: `${what}Per${by}`, allowed, actual: allowed + 1 };
  }
}

const NAMES: Record<Counted, string> = { webSockets: 'WebSockets', subscriptions: 'subscriptions' };

/** The settings that say who a client is, and how much it may have open. */
export interface ClientOptions {
  /** The credentials in these headers, as hashes; empty if there are none. */
  identify(header: HeaderReader): readonly string[];
  readonly trustProxy: boolean;
  readonly maxWebSocketsPerClient: number;
  readonly maxSubscriptionsPerClient: number;
}

/**
 * Counts what clients have open, by address (if it is known: see `clientAddress`) and by credential. A flood of one client must not
 * take the room of all others.
 */
export class ClientCounts {
  readonly #options: ClientOptions;
  readonly #counts = { webSockets: new Map<string, Count>(), subscriptions: new Map<string, Count>() };

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Counts a WebSocket by the address of its client, until the returned function is called. */
  addSocket(request: IncomingMessage): TooMany | (() => void) {
    return this.#add('webSockets', this.#addressOf(request), []);
  }

  /** Counts the same WebSocket by the credentials of its client, which are known later. */
  addSocketCaller(header: HeaderReader): TooMany | (() => void) {
    return this.#add('webSockets', undefined, this.#options.identify(header));
  }

  /** Counts a subscription until the returned function is called. Throws LIMIT_EXCEEDED if its client has as many as it may. */
  addSubscription(request: IncomingMessage, header: HeaderReader): () => void {
    const added = this.#add('subscriptions', this.#addressOf(request), this.#options.identify(header));
    if (!(added instanceof TooMany)) return added;
    const http: HttpExtensions = { status: TOO_MANY_REQUESTS };
    throw new GraphQLError(added.message, { extensions: { ...added.extensions, http } });
  }

  #addressOf(request: IncomingMessage): string | undefined {
    return clientAddress(request, this.#options.trustProxy);
  }

  #add(what: Counted, address: string | undefined, credentials: readonly string[]): TooMany | (() => void) {
    const counts = this.#counts[what];
    const { maxWebSocketsPerClient, maxSubscriptionsPerClient } = this.#options;
    const max = what === 'webSockets' ? maxWebSocketsPerClient : maxSubscriptionsPerClient;
    const clients = [
      ...(address === undefined ? [] : [countOf(counts, address, 'Address')]),
      ...credentials.map((credential) => countOf(counts, credential, 'Credential')),
    ];
    const full = clients.find(({ open }) => open >= max);
    if (full) return new TooMany(what, full.by, max);
    for (const client of clients) {
      client.open += 1;
      counts.set(client.key, client);
    }
    return () => {
      for (const client of clients) {
        client.open -= 1;
        if (client.open === 0) counts.delete(client.key);
      }
    };
  }
}

function countOf(counts: ReadonlyMap<string, Count>, key: string, by: Count['by']): Count {
  return counts.get(key) ?? { key, by, open: 0 };
}
