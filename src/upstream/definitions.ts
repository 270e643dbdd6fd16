import type { Service } from './client/call.js';
import type { UpstreamDefinition } from './definition.js';
import { INKEEP } from './inkeep/definition.js';
import { KATAVEN } from './kataven/definition.js';

/** Every upstream, in the order in which they are shown. */
export const UPSTREAMS: Readonly<Record<Service, UpstreamDefinition>> = { inkeep: INKEEP, kataven: KATAVEN };

/** The names of `UPSTREAMS`, in the same order. */
export const SERVICES = Object.keys(UPSTREAMS) as readonly Service[];

/** Returns what `create` returns for each upstream, by its name. An upstream without a result is left out. */
export function forEachUpstream<Value>(
  create: (service: Service, upstream: UpstreamDefinition) => Value | undefined,
): Partial<Record<Service, Value>> {
  const entries = SERVICES.map((service) => [service, create(service, UPSTREAMS[service])] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Partial<Record<Service, Value>>;
}
