import type { SandboxEnv } from '../env.js';

/** The user of a request. A service token acts as the pseudo-user `system`. (observed) */
export interface Caller {
  readonly userId: string;
}

/** The context of an authenticated request to the manage API. */
export interface InkeepEnv extends SandboxEnv {
  Variables: SandboxEnv['Variables'] & { caller: Caller };
}
