import type { SandboxEnv } from '../env.js';

/** Who a request is made as. A service token acts as the pseudo-user `system`. (observed) */
export interface Caller {
  readonly userId: string;
}

/** What a request to the manage API carries once it is let in. */
export interface InkeepEnv extends SandboxEnv {
  Variables: SandboxEnv['Variables'] & { caller: Caller };
}
