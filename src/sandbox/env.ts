import type { HttpBindings } from '@hono/node-server';

/**
 * The context of a request: Node's own objects, the name of the documented operation, a signal that is aborted when the
 * client has left, and `cut` if the sandbox itself closed the connection.
 */
export interface SandboxEnv {
  Bindings: HttpBindings;
  Variables: { operation: string; signal: AbortSignal; cut?: boolean };
}

/** Documented operation names by `METHOD /route/:pattern`. */
export type Operations = Map<string, string>;
