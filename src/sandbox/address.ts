import type { Sandbox } from './index.js';

/** The addresses of the embedded upstreams, the credentials for callers without one, and the tenant of the sample data. */
export function addressOf({ inkeep, kataven }: Sandbox) {
  return {
    inkeep: { url: inkeep.url, anonymousToken: 'sandbox' },
    kataven: { url: kataven.url, anonymousToken: 'sk_live_sandbox_demo' },
    tenantId: 'default',
  };
}
