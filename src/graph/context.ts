import type DataLoader from 'dataloader';
import type { StatusHub } from '../status/hub.js';
import { InkeepReader } from '../upstream/inkeep/reader.js';
import { KatavenReader } from '../upstream/kataven/reader.js';
import type { Operation } from '../upstream/operation.js';

/**
 * What resolvers get: the upstream side of one operation and its loaders. Made once per operation, never kept. For each event
 * of a subscription it is renewed: what one event has read must not answer the next.
 */
export interface GraphContext {
  operation: Operation;
  inkeep: InkeepReader;
  kataven: KatavenReader;
  /** Tenant where a field's `tenantId` is left out. */
  readonly defaultTenantId: string | undefined;
  readonly status: StatusHub;
  readonly loaders: Map<object, DataLoader<never, unknown, string>>;
}

export interface ContextOptions {
  readonly operation: Operation;
  readonly defaultTenantId: string | undefined;
  readonly status: StatusHub;
}

export function createContext({ operation, defaultTenantId, status }: ContextOptions): GraphContext {
  return {
    operation,
    inkeep: new InkeepReader(operation),
    kataven: new KatavenReader(operation),
    defaultTenantId,
    status,
    loaders: new Map(),
  };
}

/** Forgets what the operation has read. Every mutation calls it before it answers, so that its payload shows what is now. */
export function forgetReads(context: GraphContext): void {
  context.loaders.clear();
  context.inkeep.clear();
  context.kataven.clear();
}

/** Begins anew with the same credentials: deadline, call budget, report and loaders of one event of a subscription. */
export function renewContext(context: GraphContext): void {
  context.operation = context.operation.again();
  context.inkeep = new InkeepReader(context.operation);
  context.kataven = new KatavenReader(context.operation);
  context.loaders.clear();
}
