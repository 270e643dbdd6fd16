import type { HttpBindings } from '@hono/node-server';

/**
 * What a request carries through the sandbox: Node's own objects, the name of the documented operation, a signal that is
 * aborted when the client has left, and `cut` where the sandbox itself broke the connection.
 */
export interface SandboxEnv {
  Bindings: HttpBindings;
  Variables: { operation: string; signal: AbortSignal; cut?: boolean };
}

/** Documented operation names by `METHOD /route/:pattern`. */
export type Operations = Map<string, string>;
