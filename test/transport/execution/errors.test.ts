import { createHash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { createSchema } from 'graphql-yoga';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { startTransport } from '../../support/transport.js';

const schema = createSchema<{ calls: number }>({
  typeDefs: `
    type Query { ok: String echo(text: Int): String fail: String limited: String coded: String uncoded: String disguised: String internal: String many: [Int] needed: String! }
    type Mutation { change: String }
    type Subscription { ticks: Int breaks: Int refused: Int }
  `,
  resolvers: {
    Query: {
      ok: (_, _args, context) => {
        context.calls += 1;
        return 'fine';
      },
      fail: () => {
        throw new Error('password hunter2 at db.internal');
      },
      limited: () => {
        throw new GraphQLError('Too many requests.', { extensions: { code: 'RATE_LIMITED', retryAfter: 3 } });
      },
      coded: () => {
        throw new GraphQLError('hunter2', { extensions: { code: 'SOME_OTHER_CODE' } });
      },
      uncoded: () => {
        throw new GraphQLError('hunter2');
      },
      disguised: () => {
        throw Object.assign(new Error('hunter2'), { extensions: { code: 'FORBIDDEN' } });
      },
      internal: () => {
        throw new GraphQLError('hunter2', { extensions: { code: 'INTERNAL_SERVER_ERROR' } });
      },
      many: () => ['hunter2', 1],
      needed: () => null,
    },
    Mutation: { change: () => 'done' },
    Subscription: {
      ticks: {
        subscribe: async function* () {
          yield { ticks: 1 };
        },
      },
      breaks: {
        subscribe: async function* () {
          yield { breaks: 1 };
          throw new Error('hunter2');
        },
      },
      refused: {
        subscribe: () => {
          throw new GraphQLError('No.', { extensions: { code: 'FORBIDDEN' } });
        },
      },
    },
  },
});

const withCalls = {
  createContext: () => ({ calls: 0 }),
  report: (context: object) => ({ ...context }),
};

describe('an error of our own', () => {
  test('is masked, and its cause is logged under the request id of the answer', async () => {
    const { query, logged } = await startTransport(schema, withCalls);
    const answer = await query({ query: '{ ok fail }' }, { 'x-request-id': 'req-1' });
    expect(answer).toEqual({
      data: { ok: 'fine', fail: null },
      errors: [
        {
          message: 'Unexpected error.',
          path: ['fail'],
          locations: [{ line: 1, column: 6 }],
          extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'req-1' },
        },
      ],
    });
    const line = await logged('operation failed');
    expect(line).toMatchObject({ level: 50, requestId: 'req-1', err: { message: 'password hunter2 at db.internal' } });
    expect((line.err as { stack: string }).stack).toContain('errors.test.ts');
  });

  test.each(['coded', 'uncoded', 'disguised', 'internal', 'many', 'needed'])(
    'is masked when it comes from "%s", which is none of ours',
    async (field) => {
      const { post } = await startTransport(schema, withCalls);
      const text = await (await post({ query: `{ ${field} }` })).text();
      expect(text).not.toContain('hunter2');
      expect(JSON.parse(text).errors[0]).toMatchObject({
        message: 'Unexpected error.',
        path: expect.arrayContaining([field]),
        extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.any(String) },
      });
    },
  );

  test('is masked and answered with 500 when no context can be made', async () => {
    const { post, logged } = await startTransport(schema, {
      createContext: () => {
        throw new Error('hunter2');
      },
    });
    const answer = await post(
      { query: '{ ok }' },
      { accept: 'application/graphql-response+json', 'x-request-id': 'req-2' },
    );
    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({
      errors: [{ message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'req-2' } }],
    });
    expect(await logged('operation failed')).toMatchObject({ err: { message: 'hunter2' } });
  });
});

describe('an error made for clients', () => {
  test('passes as it is', async () => {
    const { query } = await startTransport(schema, withCalls);
    expect(await query({ query: '{ limited }' })).toEqual({
      data: { limited: null },
      errors: [
        {
          message: 'Too many requests.',
          path: ['limited'],
          locations: [{ line: 1, column: 3 }],
          extensions: { code: 'RATE_LIMITED', retryAfter: 3 },
        },
      ],
    });
  });

  test('that refuses a request as a whole gives its status to clients that know it', async () => {
    const { post } = await startTransport(schema, {
      createContext: () => {
        throw new GraphQLError('Send a bearer.', { extensions: { code: 'UNAUTHENTICATED' } });
      },
    });
    const answer = await post({ query: '{ ok }' }, { accept: 'application/graphql-response+json' });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toEqual({
      errors: [{ message: 'Send a bearer.', extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect((await post({ query: '{ ok }' }, { accept: 'application/json' })).status).toBe(200);
  });
});

describe('a subscription', () => {
  const stream = { accept: 'text/event-stream' };

  test('is served as events', async () => {
    const { post } = await startTransport(schema, withCalls);
    const answer = await post({ query: 'subscription { ticks }' }, stream);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.headers.get('cache-control')).toBe('no-store, no-transform');
    expect(answer.headers.get('x-accel-buffering')).toBe('no');
    expect(await answer.text()).toBe(':\n\nevent: next\ndata: {"data":{"ticks":1}}\n\nevent: complete\ndata:\n\n');
  });

  test('that breaks ends with a masked error', async () => {
    const { post } = await startTransport(schema, withCalls);
    const text = await (
      await post({ query: 'subscription { breaks }' }, { ...stream, 'x-request-id': 'req-3' })
    ).text();
    expect(text).not.toContain('hunter2');
    expect(text).toContain('{"data":{"breaks":1}}');
    expect(text).toContain('"extensions":{"code":"INTERNAL_SERVER_ERROR","requestId":"req-3"}');
    expect(text).toMatch(/event: complete\ndata:\n\n$/);
  });

  test('that may not start is answered with its error', async () => {
    const { post } = await startTransport(schema, withCalls);
    const answer = await post({ query: 'subscription { refused }' }, { accept: 'text/event-stream, application/json' });
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(await answer.json()).toMatchObject({ errors: [{ message: 'No.', extensions: { code: 'FORBIDDEN' } }] });
  });

  test.each(['{ ok }', '{ unknown }', 'subscription { refused }', 'subscription { unknown }'])(
    'or a query that is answered with one event is not transformed on its way: %s',
    async (document) => {
      const { post } = await startTransport(schema, withCalls);
      const answer = await post({ query: document }, stream);
      expect(answer.headers.get('content-type')).toBe('text/event-stream');
      expect(answer.headers.get('cache-control')).toBe('no-store, no-transform');
    },
  );
});

describe('the report', () => {
  test('comes with the result when it is asked for', async () => {
    const { query } = await startTransport(schema, withCalls);
    const answer = await query({ query: '{ a: ok b: ok }' }, { 'x-gateway-report': '1' });
    expect(answer).toEqual({ data: { a: 'fine', b: 'fine' }, extensions: { upstream: { calls: 2 } } });
  });

  test('comes with errors too', async () => {
    const { query } = await startTransport(schema, withCalls);
    const answer = await query({ query: '{ ok limited }' }, { 'x-gateway-report': '1' });
    expect(answer.errors).toHaveLength(1);
    expect(answer.extensions).toEqual({ upstream: { calls: 1 } });
  });

  test.each([undefined, '0', 'true'])('does not come when x-gateway-report is %s', async (value) => {
    const { query } = await startTransport(schema, withCalls);
    const answer = await query({ query: '{ ok }' }, value === undefined ? {} : { 'x-gateway-report': value });
    expect(answer).toEqual({ data: { ok: 'fine' } });
  });

  test('comes unasked where it is always given', async () => {
    const { query } = await startTransport(schema, { ...withCalls, alwaysReport: true });
    expect(await query({ query: '{ ok }' })).toEqual({ data: { ok: 'fine' }, extensions: { upstream: { calls: 1 } } });
  });
});

describe('the log', () => {
  test('has one line per operation', async () => {
    const { query, logged } = await startTransport(schema, withCalls);
    await query({ query: 'query Look { ok limited }' }, { 'x-request-id': 'req-4' });
    expect(await logged('operation')).toEqual({
      level: 30,
      time: expect.any(Number),
      msg: 'operation',
      requestId: 'req-4',
      operation: 'Look',
      type: 'query',
      documentHash: createHash('sha256').update('query Look { ok limited }').digest('hex'),
      ms: expect.any(Number),
      upstreamCalls: 0,
      status: 200,
      codes: ['RATE_LIMITED'],
    });
  });

  test('keeps the name of an operation short', async () => {
    const { query, logged } = await startTransport(schema, withCalls);
    await query({ query: `query ${'x'.repeat(5000)} { ok }` });
    expect((await logged('operation')).operation).toBe('x'.repeat(100));
  });

  test('has a line for a request that was refused', async () => {
    const { url, logged } = await startTransport(schema, withCalls);
    await fetch(`${url}/graphql`, { method: 'POST', body: 'text' });
    expect(await logged('operation')).toMatchObject({ status: 415, codes: ['BAD_USER_INPUT'] });
  });

  test('never holds variables, headers or the document, however the operation ends', async () => {
    const { query, lines, transport } = await startTransport(schema, withCalls);
    const headers = { authorization: 'Bearer header-secret', cookie: 'better-auth.session=cookie-secret' };
    await query(
      { query: 'query Look($text: Int) { aliasSecret: echo(text: $text) }', variables: { text: 7654321 } },
      headers,
    );
    await query(
      { query: 'query Look($text: Int) { aliasSecret: echo(text: $text) }', variables: { text: 'variable-secret' } },
      headers,
    );
    await query({ query: '{ aliasSecret: fail }' }, headers);
    await query({ query: '{ aliasSecret: nothing(text: "literal-secret") }' }, headers);
    await query({ query: '{ aliasSecret "literal-secret"' }, headers);
    await transport.close();
    expect(lines.filter(({ msg }) => msg === 'operation')).toHaveLength(5);
    expect(JSON.stringify(lines)).not.toMatch(
      /7654321|variable-secret|header-secret|cookie-secret|literal-secret|aliasSecret/,
    );
  });
});

describe('the request id', () => {
  test('of the client is echoed', async () => {
    const { post } = await startTransport(schema, withCalls);
    const answer = await post({ query: '{ ok }' }, { 'x-request-id': 'trace:4-a.B_c' });
    expect(answer.headers.get('x-request-id')).toBe('trace:4-a.B_c');
  });

  test.each(['', 'has blanks', '"quoted"', 'x'.repeat(129), '{{7*7}}'])(
    'is made anew instead of "%s"',
    async (given) => {
      const { post } = await startTransport(schema, withCalls);
      const answer = await post({ query: '{ ok }' }, { 'x-request-id': given });
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
    },
  );
});

describe('the metrics', () => {
  test('count requests by route, operations by type and errors by code', async () => {
    const registry = new Registry();
    const { url, query } = await startTransport(schema, { ...withCalls, registry });
    await query({ query: '{ ok }' });
    await query({ query: '{ a: limited b: limited fail }' });
    await fetch(`${url}/no/such/${'path'.repeat(9)}`);
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get('content-type')).toBe(registry.contentType);
    const text = await answer.text();
    expect(text).toContain('gateway_graphql_operations_total{type="query",outcome="ok"} 1');
    expect(text).toContain('gateway_graphql_operations_total{type="query",outcome="errors"} 1');
    expect(text).toContain('gateway_graphql_errors_total{code="RATE_LIMITED"} 1');
    expect(text).toContain('gateway_graphql_errors_total{code="INTERNAL_SERVER_ERROR"} 1');
    expect(text).toContain(
      'gateway_http_request_duration_seconds_count{route="/graphql",method="POST",status="200"} 2',
    );
    expect(text).toContain('gateway_http_request_duration_seconds_count{route="other",method="GET",status="404"} 1');
    expect(text).toContain('gateway_http_requests_active{route="/metrics"} 1');
  });
});
