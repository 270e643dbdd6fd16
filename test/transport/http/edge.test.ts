import { createSchema } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { openSocket, readToEnd, startTransport } from '../../support/transport.js';

const schema = createSchema({
  typeDefs: 'type Query { hello: String }',
  resolvers: { Query: { hello: () => 'world' } },
});

describe('cross-origin requests', () => {
  const listed = { corsOrigins: ['https://app.example.com', 'http://localhost:5173'] };
  const preflight = (origin: string) => ({
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
  });

  test.each(listed.corsOrigins)('of %s, which is listed, are allowed with credentials', async (origin) => {
    const { url, post } = await startTransport(schema, listed);
    const before = await fetch(`${url}/graphql`, preflight(origin));
    expect(before.status).toBe(204);
    expect(Object.fromEntries(before.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'POST, GET, OPTIONS',
      'access-control-allow-headers': 'authorization',
      'access-control-max-age': '7200',
      vary: 'Origin, Access-Control-Request-Headers',
    });
    const answer = await post({ query: '{ hello }' }, { origin });
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
    expect(answer.headers.get('vary')).toBe('Origin');
  });

  test.each(['/graphql', '/schema.graphql'])(
    'to %s may carry whatever headers the listed page asks for',
    async (path) => {
      const { url } = await startTransport(schema, listed);
      const asked = 'apollographql-client-name,baggage,sentry-trace,traceparent,x-datadog-trace-id';
      const answer = await fetch(`${url}${path}`, {
        method: 'OPTIONS',
        headers: {
          origin: 'http://localhost:5173',
          'access-control-request-method': 'GET',
          'access-control-request-headers': asked,
        },
      });
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-headers')).toBe(asked);
      expect(answer.headers.get('vary')).toBe('Origin, Access-Control-Request-Headers');
    },
  );

  test('are asked for without a list of headers when a page sends none of its own', async () => {
    const { url } = await startTransport(schema, listed);
    const answer = await fetch(`${url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    expect(answer.headers.has('access-control-allow-headers')).toBe(false);
  });

  test.each([
    'https://evil.example',
    'null',
    'https://app.example.com.evil.example',
    'https://app.example.com:8443',
    'http://app.example.com',
    'HTTPS://APP.EXAMPLE.COM',
    '*',
  ])('of %s, which is not listed, get no permission', async (origin) => {
    const { url, post } = await startTransport(schema, listed);
    for (const [answer, vary] of [
      [await fetch(`${url}/graphql`, preflight(origin)), 'Origin, Access-Control-Request-Headers'],
      [await post({ query: '{ hello }' }, { origin }), 'Origin'],
    ] as const) {
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      expect(answer.headers.get('vary')).toBe(vary);
    }
  });

  describe('where https://*.example.com is listed', () => {
    const wildcard = { corsOrigins: ['https://*.example.com', 'http://*.localhost:5173'] };

    test.each(['https://pr-7.example.com', 'https://xn--mller-kva.example.com', 'http://acme.localhost:5173'])(
      'of %s are allowed',
      async (origin) => {
        const { url, post } = await startTransport(schema, wildcard);
        for (const answer of [await fetch(`${url}/graphql`, preflight(origin)), await post({}, { origin })]) {
          expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
        }
      },
    );

    test.each([
      'https://example.com',
      'https://a.b.example.com',
      'http://pr-7.example.com',
      'https://pr-7.example.com:8443',
      'https://.example.com',
      'https://notexample.com',
      'https://pr-7.example.com.evil.example',
      'https://evil.example/.example.com',
      'https://evil.example#.example.com',
      'null',
    ])('of %s get no permission', async (origin) => {
      const { url, post } = await startTransport(schema, wildcard);
      for (const answer of [await fetch(`${url}/graphql`, preflight(origin)), await post({}, { origin })]) {
        expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
      }
    });
  });

  test('get no permission where no origin is listed', async () => {
    const { url } = await startTransport(schema);
    const answer = await fetch(`${url}/graphql`, preflight('null'));
    expect(answer.status).toBe(204);
    expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });

  test('get no permission for metrics and health', async () => {
    const { url } = await startTransport(schema, listed);
    const headers = { origin: 'https://app.example.com' };
    expect((await fetch(`${url}/metrics`, { headers })).headers.has('access-control-allow-origin')).toBe(false);
    expect((await fetch(`${url}/health`, { headers })).headers.has('access-control-allow-origin')).toBe(false);
    expect((await fetch(`${url}/schema.graphql`, { headers })).headers.has('access-control-allow-origin')).toBe(true);
  });

  test('may read the answer to a refused body as well', async () => {
    const { url } = await startTransport(schema, listed);
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { origin: 'https://app.example.com' },
      body: 'x',
    });
    expect(answer.status).toBe(415);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
  });
});

describe('security headers', () => {
  test.each(['/graphql?query={hello}', '/health', '/nowhere'])('are on the answer to %s', async (path) => {
    const { url } = await startTransport(schema);
    const { headers } = await fetch(url + path);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('keep GraphQL answers out of caches', async () => {
    const { post } = await startTransport(schema);
    expect((await post({ query: '{ hello }' })).headers.get('cache-control')).toBe('no-store');
    expect((await post({ query: '{ nothing }' })).headers.get('cache-control')).toBe('no-store');
  });
});

describe('other paths', () => {
  test('/health says that the process is alive', async () => {
    const { url } = await startTransport(schema, { readiness: () => ({ ready: false, body: { status: 'starting' } }) });
    const answer = await fetch(`${url}/health`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'ok' });
  });

  test('/ready passes on what the gateway says', async () => {
    let ready = true;
    const { url } = await startTransport(schema, {
      readiness: () => ({ ready, body: { status: ready ? 'ready' : 'waiting' } }),
    });
    expect((await fetch(`${url}/ready`)).status).toBe(200);
    ready = false;
    const answer = await fetch(`${url}/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 'waiting' });
  });

  test('/schema.graphql is the schema as text', async () => {
    const { url } = await startTransport(schema, { sdl: 'type Query { hello: String }' });
    const answer = await fetch(`${url}/schema.graphql`);
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(await answer.text()).toBe('type Query { hello: String }');
  });

  test.each(['/', '/graphql//', '/Graphql', '//graphql', '/graphql/assets/x.js', '/%'])(
    '%s is 404 and says what there is',
    async (path) => {
      const { url } = await startTransport(schema);
      const answer = await fetch(url + path);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toEqual({
        errors: [
          {
            message:
              'Nothing is served at this path. The paths are /graphql, /schema.graphql, /health, /ready, /metrics.',
            extensions: { code: 'BAD_USER_INPUT' },
          },
        ],
      });
    },
  );

  test('are for reading only', async () => {
    const { url } = await startTransport(schema);
    const answer = await fetch(`${url}/health`, { method: 'POST' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
    expect((await fetch(`${url}/health`, { method: 'HEAD' })).status).toBe(200);
  });
});

describe('the headers a context is made from', () => {
  test('are the first of their name, and all cookies', async () => {
    const seen: (string | undefined)[] = [];
    const { url } = await startTransport(schema, {
      createContext: ({ headers }) => {
        seen.push(headers('x-account-id'), headers('cookie'), headers('x-inkeep-ref'), headers('__proto__'));
        return {};
      },
    });
    const socket = await openSocket(url);
    socket.write(
      [
        'GET /graphql?query=%7Bhello%7D HTTP/1.1',
        'host: x',
        'connection: close',
        'X-Account-ID: one',
        'x-account-id: two',
        'cookie: a=1',
        'cookie: b=2',
        '\r\n',
      ].join('\r\n'),
    );
    expect(await readToEnd(socket)).toContain('{"data":{"hello":"world"}}');
    expect(seen).toEqual(['one', 'a=1; b=2', undefined, undefined]);
  });

  test('may come with a host that is no host', async () => {
    const { url } = await startTransport(schema);
    const socket = await openSocket(url);
    socket.write('GET /graphql?query=%7Bhello%7D HTTP/1.1\r\nhost: ][ \\@:x\r\nconnection: close\r\n\r\n');
    expect(await readToEnd(socket)).toContain('{"data":{"hello":"world"}}');
  });
});
