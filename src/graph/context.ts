import type DataLoader from 'dataloader';
import { InkeepReader } from '../upstream/inkeep/reader.js';
import { KatavenReader } from '../upstream/kataven/reader.js';
import type { Operation } from '../upstream/operation.js';

/** What resolvers get: the upstream side of one operation and its loaders. Made once per operation, never kept. */
export interface GraphContext {
  readonly operation: Operation;
  readonly inkeep: InkeepReader;
  readonly kataven: KatavenReader;
  /** Tenant where a field's `tenantId` is left out. */
  readonly defaultTenantId: string | undefined;
  readonly loaders: Map<object, DataLoader<never, unknown, string>>;
}

export function createContext(operation: Operation, defaultTenantId: string | undefined): GraphContext {
  return {
    operation,
    inkeep: new InkeepReader(operation),
    kataven: new KatavenReader(operation),
    defaultTenantId,
    loaders: new Map(),
  };
}

/** Forgets what the operation has read. Every mutation calls it before it answers, so that its payload shows what is now. */
export function forgetReads(context: GraphContext): void {
  context.loaders.clear();
  context.inkeep.clear();
  context.kataven.clear();
}
