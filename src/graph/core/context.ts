import type DataLoader from 'dataloader';
import type { StatusHub } from '../../status/hub.js';
import { InkeepReader } from '../../upstream/inkeep/readers/reader.js';
import { KatavenReader } from '../../upstream/kataven/reader.js';
import type { Operation } from '../../upstream/operation.js';
import type { Selections } from './reads/look-ahead.js';

export interface ContextOptions {
  readonly operation: Operation;
  /** The tenant of root fields without a `tenantId`. */
  readonly defaultTenantId: string | undefined;
  readonly status: StatusHub;
}

/**
 * The context of resolvers: the upstream side of one operation, and its loaders. There is one per operation. A subscription
 * renews its context for each event, so that an event never uses what an earlier one has read. Members are created on
 * first use: thousands of subscriptions wait for events, and most events need no reader.
 */
export class GraphContext {
  readonly #options: ContextOptions;
  #operation: Operation | undefined;
  #inkeep: InkeepReader | undefined;
  #kataven: KatavenReader | undefined;
  #loaders: Map<object, DataLoader<never, unknown, string>> | undefined;
  #selections: Selections | undefined;

  constructor(options: ContextOptions) {
    this.#options = options;
    this.#operation = options.operation;
  }

  get defaultTenantId(): string | undefined {
    return this.#options.defaultTenantId;
  }

  get status(): StatusHub {
    return this.#options.status;
  }

  /** After `renew`, a new operation is created on first use, and its deadline starts then. */
  get operation(): Operation {
    this.#operation ??= this.#options.operation.again();
    return this.#operation;
  }

  get inkeep(): InkeepReader {
    this.#inkeep ??= new InkeepReader(this.operation);
    return this.#inkeep;
  }

  get kataven(): KatavenReader {
    this.#kataven ??= new KatavenReader(this.operation);
    return this.#kataven;
  }

  get loaders(): Map<object, DataLoader<never, unknown, string>> {
    this.#loaders ??= new Map();
    return this.#loaders;
  }

  /** See `selectedField`. */
  get selections(): Selections {
    this.#selections ??= new Map();
    return this.#selections;
  }

  /** Forgets what the operation has read. A mutation calls this before it returns, so that its payload is read again. */
  forgetReads(): void {
    this.#loaders?.clear();
    this.#inkeep?.clear();
    this.#kataven?.clear();
  }

  /** Starts over with the same credentials, for the next event of a subscription: new deadline, call budget, report and loaders. */
  renew(): void {
    this.#operation = undefined;
    this.#inkeep = undefined;
    this.#kataven = undefined;
    this.#loaders = undefined;
    this.#selections = undefined;
  }
}
