import type { Sandbox } from './index.js';

/** Where the embedded upstreams are, the credential a caller without one acts with, and the tenant of the sample data. */
export function addressOf({ inkeep, kataven }: Sandbox) {
  return {
    inkeep: { url: inkeep.url, anonymousToken: 'sandbox' },
    kataven: { url: kataven.url, anonymousToken: 'sk_live_sandbox_demo' },
    tenantId: 'default',
  };
}
