import type { Context, Hono } from 'hono';
import type { Operations } from '../env.js';
import type { KatavenEnv } from './auth.js';

/** One documented operation. Paths start after the prefix of the API. */
interface Operation {
  readonly name: string;
  readonly methods: readonly ('GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE')[];
  readonly path: string;
  handle(c: Context<KatavenEnv>, id: string): Response | Promise<Response>;
}

/** Adds operations to an app. */
export type Define = (operation: Operation) => void;

export const PREFIX = '/v1';

/** Registers operations as routes, and their names for the request log. `id` is empty if the path has none. */
export function operationsOn(app: Hono<KatavenEnv>, names: Operations): Define {
  return ({ name, methods, path, handle }) => {
    for (const method of methods) {
      names.set(`${method} ${PREFIX}${path}`, name);
      app.on(method, `${PREFIX}${path}`, (c) => handle(c, c.req.param('id') ?? ''));
    }
  };
}
