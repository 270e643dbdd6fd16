import type DataLoader from 'dataloader';
import type { StatusHub } from '../../status/hub.js';
import { InkeepReader } from '../../upstream/inkeep/reader.js';
import { KatavenReader } from '../../upstream/kataven/reader.js';
import type { Operation } from '../../upstream/operation.js';

export interface ContextOptions {
  readonly operation: Operation;
  /** Tenant where a field's `tenantId` is left out. */
  readonly defaultTenantId: string | undefined;
  readonly status: StatusHub;
}

/**
 * What resolvers get: the upstream side of one operation and its loaders. Made once per operation, never kept. For each event
 * of a subscription it is renewed: what one event has read must not answer the next. Everything is made when it is first
 * asked for, since thousands of subscriptions wait for an event that most answer without a reader.
 */
export class GraphContext {
  readonly #options: ContextOptions;
  #operation: Operation | undefined;
  #inkeep: InkeepReader | undefined;
  #kataven: KatavenReader | undefined;
  #loaders: Map<object, DataLoader<never, unknown, string>> | undefined;

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

  /** Its deadline, after `renew`, is counted from when it is first asked for. */
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

  /** Forgets what the operation has read. Every mutation does it before it answers, so that its payload shows what is now. */
  forgetReads(): void {
    this.#loaders?.clear();
    this.#inkeep?.clear();
    this.#kataven?.clear();
  }

  /** Begins anew with the same credentials: deadline, call budget, report and loaders of one event of a subscription. */
  renew(): void {
    this.#operation = undefined;
    this.#inkeep = undefined;
    this.#kataven = undefined;
    this.#loaders = undefined;
  }
}
