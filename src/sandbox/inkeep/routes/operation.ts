import type { Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import type { Operations } from '../../env.js';
import { answerJson, readJson } from '../../json.js';
import type { Caller, InkeepEnv } from '../env.js';
import { InvalidInput, Problem } from '../problems.js';
import type { AgentKey, ProjectKey } from '../store/rows.js';
import type { Store } from '../store/store.js';
import { ItemParams } from './schemas.js';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * A call whose input has been checked. `agent.agentId` and `id` are empty if the path has none, `query` and `body`
 * undefined if the operation has no schema for them.
 */
interface Call<Query, Body> {
  readonly project: ProjectKey;
  readonly agent: AgentKey;
  readonly id: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller;
  /** Aborted when the client has left. */
  readonly signal: AbortSignal;
}

/** One documented operation. With `status` 204 the response has no body. */
interface Operation<Query extends z.ZodType, Body extends z.ZodType> {
  readonly name: string;
  readonly methods: readonly Method[];
  readonly path: string;
  readonly query?: Query;
  readonly body?: Body;
  readonly status?: 200 | 201 | 204;
  handle(call: Call<z.output<Query>, z.output<Body>>): unknown;
}

/** Adds operations to an app. */
export type Define = <Query extends z.ZodType = z.ZodAny, Body extends z.ZodType = z.ZodAny>(
  operation: Operation<Query, Body>,
) => void;

const TENANT = '/manage/tenants/:tenantId';
/** The first parts of the operations' paths. */
export const PROJECTS = `${TENANT}/projects`;
export const PROJECT = `${PROJECTS}/:projectId`;
export const AGENT = `${PROJECT}/agents/:agentId`;

/** Registers operations as routes, and their names for the request log. */
export function operationsOn(app: Hono<InkeepEnv>, store: Store, names: Operations): Define {
  return (operation) => {
    const { name, methods, path, status = 200 } = operation;
    for (const method of methods) {
      names.set(`${method} ${path}`, name);
      app.on(method, path, async (c) => {
        const answer = await operation.handle(await checkedCall(c, operation, store));
        return status === 204 ? c.body(null, 204) : answerJson(c, answer, status);
      });
    }
  };
}

// The order of the checks is the upstream's: project, ref, id in the path, query, body. (observed)
async function checkedCall<Query extends z.ZodType, Body extends z.ZodType>(
  c: Context<InkeepEnv>,
  operation: Operation<Query, Body>,
  store: Store,
): Promise<Call<z.output<Query>, z.output<Body>>> {
  checkProject(c, store);
  const params: Record<string, string> = c.req.param();
  const { tenantId = '', projectId = '', agentId = '' } = params;
  return {
    project: { tenantId, projectId },
    agent: { tenantId, projectId, agentId },
    id: params.id === undefined ? '' : checked(ItemParams, params).id,
    params,
    query: operation.query ? checked(operation.query, queryOf(c)) : undefined,
    body: await bodyOf(c, operation.body),
    caller: c.get('caller'),
    signal: c.get('signal'),
  } as Call<z.output<Query>, z.output<Body>>;
}

// An update in an unknown project finds no row, and has its own error message. (observed)
function checkProject(c: Context<InkeepEnv>, store: Store): void {
  const { tenantId = '', projectId } = c.req.param() as Record<string, string>;
  if (projectId === undefined) return;
  const isUpdate = c.req.method === 'PUT' || c.req.method === 'PATCH';
  if (!isUpdate && !store.hasProject({ tenantId, projectId })) {
    throw new Problem('not_found', `Project not found: ${projectId}`);
  }
  const ref = c.req.query('ref') || c.req.header('x-inkeep-ref');
  if (ref && ref !== 'main') throw new Problem('not_found', `Unknown ref: ${ref}`);
}

// A repeated parameter is an array, which the schemas reject.
function queryOf(c: Context): Record<string, string | string[]> {
  const single = ([name, values]: [string, string[]]) => [name, values.length === 1 ? values[0] : values];
  return Object.fromEntries(Object.entries(c.req.queries()).map(single));
}

// A body of another content type is ignored: an update has no changes, and an insert lacks its columns. (observed)
async function bodyOf<Body extends z.ZodType>(c: Context, schema: Body | undefined): Promise<unknown> {
  if (schema === undefined) return undefined;
  if (!/^application\/([a-z-.]+\+)?json\b/.test(c.req.header('content-type') ?? '')) {
    if (c.req.method === 'POST') throw new Error('null value in column "id"');
    return {};
  }
  const value: unknown = await readJson(c).catch(() => {
    throw new HTTPException(400, { message: 'Malformed JSON in request body' });
  });
  return checked(schema, value);
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new InvalidInput(result.error.message);
}
