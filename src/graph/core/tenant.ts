import type { GraphContext } from './context.js';
import { badUserInput } from './errors/error-codes.js';

/** Options of the `tenantId` argument that every root field of Inkeep takes. */
export const TENANT_ARG = {
  required: false,
  description: 'The upstream id of the tenant. Defaults to the tenant in the gateway’s settings.',
} as const;

/** The tenant that a root field reads. Throws BAD_USER_INPUT if neither the argument nor the settings name one. */
export function tenantOf(context: GraphContext, tenantId: string | null | undefined): string {
  const tenant = tenantId ?? context.defaultTenantId;
  if (tenant === undefined) {
    throw badUserInput('"tenantId" is missing: this gateway has no default tenant (INKEEP_TENANT_ID).');
  }
  return tenant;
}
