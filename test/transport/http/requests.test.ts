import { createSchema } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { openSocket, readToEnd, startTransport } from '../../support/transport.js';

const schema = createSchema({
  typeDefs: `
    type Query { hello(name: String): String }
    type Mutation { rename(name: String!): String }
    type Subscription { ticks: Int }
  `,
  resolvers: {
    Query: { hello: (_: unknown, { name }: { name?: string }) => `Hello ${name ?? 'world'}` },
    Mutation: { rename: (_: unknown, { name }: { name: string }) => name },
    Subscription: {
      ticks: {
        subscribe: async function* () {
          yield { ticks: 1 };
          yield { ticks: 2 };
        },
      },
    },
  },
});

describe('POST /graphql', () => {
  test('executes a JSON request and answers with plain JSON', async () => {
    const { post } = await startTransport(schema);
    const answer = await post({ query: 'query($name: String) { hello(name: $name) }', variables: { name: 'Ann' } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await answer.json()).toEqual({ data: { hello: 'Hello Ann' } });
  });

  test('takes the operation that operationName names', async () => {
    const { query } = await startTransport(schema);
    const answer = await query({ query: 'query A { hello } query B { hi: hello }', operationName: 'B' });
    expect(answer).toEqual({ data: { hi: 'Hello world' } });
  });

  test.each([
    ['no content type', undefined],
    ['a form', 'application/x-www-form-urlencoded'],
    ['multipart', 'multipart/form-data; boundary=x'],
    ['a bare document', 'application/graphql'],
    ['text', 'text/plain'],
    ['another charset', 'application/json; charset=utf-7'],
    ['a type that begins like JSON', 'application/json-seq'],
  ])('refuses %s with 415', async (_, type) => {
    const { url } = await startTransport(schema);
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: type === undefined ? {} : { 'content-type': type },
      body: new TextEncoder().encode('{"query":"{ hello }"}'),
    });
    expect(answer.status).toBe(415);
    expect(await answer.json()).toEqual({
      errors: [
        {
          message: 'The request body must be application/json in UTF-8.',
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    });
  });

  test.each(['application/json', 'Application/JSON; charset=UTF-8', 'application/json; charset="utf-8"'])(
    'executes a body of type %s',
    async (type) => {
      const { post } = await startTransport(schema);
      expect((await post({ query: '{ hello }' }, { 'content-type': type })).status).toBe(200);
    },
  );

  test('refuses a compressed body with 415', async () => {
    const { post } = await startTransport(schema);
    expect((await post({ query: '{ hello }' }, { 'content-encoding': 'gzip' })).status).toBe(415);
  });

  test.each([
    ['text that is not JSON', '{"query": secret-marker', 'The request body is not valid JSON.'],
    ['nothing', '', 'The request body is not valid JSON.'],
    ['a JSON string', '"secret-marker"', 'The request body must be a JSON object with a string "query".'],
    ['null', 'null', 'The request body must be a JSON object with a string "query".'],
    ['a batch', '[{"query":"{ hello }"}]', 'Batches are not supported: send one operation per request.'],
    ['no query', '{"variables":{}}', 'The request has no "query", or it is not a string.'],
    [
      'a query of another type',
      '{"query":{"a":"secret-marker"}}',
      'The request has no "query", or it is not a string.',
    ],
    ['variables as a list', '{"query":"{ hello }","variables":[]}', '"variables" must be a JSON object.'],
    ['variables as text', '{"query":"{ hello }","variables":"{}"}', '"variables" must be a JSON object.'],
    ['a number as name', '{"query":"{ hello }","operationName":1}', '"operationName" must be a string.'],
  ])('answers 400 to %s and does not repeat it', async (_, body, message) => {
    const { url } = await startTransport(schema);
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] });
  });

  test('answers 400 to bytes that are not UTF-8', async () => {
    const { url } = await startTransport(schema);
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{"query":"{ hello(name: \\"\xff\\") }"}', 'latin1'),
    });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('The request body is not UTF-8.');
  });

  test('reads text that is cut in the middle of a character', async () => {
    const { url } = await startTransport(schema);
    const body = Buffer.from(JSON.stringify({ query: '{ hello(name: "žluťoučký 🐎") }' }));
    const socket = await openSocket(url);
    socket.write(
      `POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
    );
    for (const byte of body) socket.write(Buffer.of(byte));
    expect(await readToEnd(socket)).toContain('{"data":{"hello":"Hello žluťoučký 🐎"}}');
  });
});

describe('a body over 2 MiB', () => {
  test('that is announced is refused with 413 before it is sent, and the connection is closed', async () => {
    const { url } = await startTransport(schema);
    const socket = await openSocket(url);
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2097153\r\n\r\n{',
    );
    const answer = await readToEnd(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
    expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toEqual({
      errors: [
        {
          message: 'The request body is larger than 2097152 bytes.',
          extensions: { code: 'LIMIT_EXCEEDED', limit: 'bodyBytes', allowed: 2097152, actual: 2097153 },
        },
      ],
    });
  });

  test('that comes in chunks of unknown number is refused while it is still being sent', async () => {
    const { url } = await startTransport(schema);
    const socket = await openSocket(url);
    const answer = readToEnd(socket);
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    const chunk = `10000\r\n${' '.repeat(0x10000)}\r\n`;
    // 33 chunks of 64 KiB, and no last one: an answer can only come from counting.
    for (let sent = 0; sent < 33; sent++) socket.write(chunk);
    expect(await answer).toMatch(/^HTTP\/1\.1 413 .*LIMIT_EXCEEDED/s);
  });

  test('is answered to a client that sends all of it before it reads', async () => {
    const { post } = await startTransport(schema);
    const answer = await post({ query: '{ hello }', variables: { unused: 'x'.repeat(8_000_000) } });
    expect(answer.status).toBe(413);
  });

  test('by one byte is too much, and exactly 2 MiB is not', async () => {
    const { post } = await startTransport(schema);
    const frame = JSON.stringify({ query: '{ hello }', variables: { unused: '' } }).length;
    const fits = { query: '{ hello }', variables: { unused: 'x'.repeat(2_097_152 - frame) } };
    const over = { query: '{ hello }', variables: { unused: 'x'.repeat(2_097_153 - frame) } };
    expect((await post(fits)).status).toBe(200);
    expect((await post(over)).status).toBe(413);
  });
});

describe('GET /graphql', () => {
  const search = (params: Record<string, string>) => `/graphql?${new URLSearchParams(params)}`;

  test('executes a query', async () => {
    const { url } = await startTransport(schema);
    const path = search({ query: 'query($name: String) { hello(name: $name) }', variables: '{"name":"A?b"}' });
    const answer = await fetch(url + path);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ data: { hello: 'Hello A?b' } });
  });

  test('refuses a mutation with 405 and does not run it', async () => {
    const { url } = await startTransport(schema);
    const answer = await fetch(url + search({ query: 'mutation { rename(name: "x") }' }));
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
    expect(await answer.json()).toEqual({
      errors: [{ message: 'A mutation must be sent by POST.', extensions: { code: 'BAD_USER_INPUT' } }],
    });
  });

  test('keeps the allow header of a refusal that is sent as an event stream', async () => {
    const { url } = await startTransport(schema);
    const headers = { accept: 'text/event-stream' };
    const answer = await fetch(url + search({ query: 'mutation { rename(name: "x") }' }), { headers });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(answer.headers.get('cache-control')).toBe('no-store, no-transform');
  });

  test('answers 400 without a query, and to variables that are not JSON', async () => {
    const { url } = await startTransport(schema);
    expect((await fetch(url + search({}))).status).toBe(400);
    const answer = await fetch(url + search({ query: '{ hello }', variables: '{secret-marker' }));
    expect(answer.status).toBe(400);
    expect(await answer.text()).not.toContain('secret-marker');
  });
});

describe('other methods on /graphql', () => {
  test.each(['PUT', 'PATCH', 'DELETE'])('%s is refused with 405', async (method) => {
    const { url } = await startTransport(schema);
    const answer = await fetch(`${url}/graphql`, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST, OPTIONS');
  });
});

describe('the media type of an answer', () => {
  test.each([
    ['application/json', 200, 'application/json; charset=utf-8'],
    ['*/*', 200, 'application/json; charset=utf-8'],
    ['application/graphql-response+json', 400, 'application/graphql-response+json; charset=utf-8'],
    [
      'application/graphql-response+json, application/json;q=0.9',
      400,
      'application/graphql-response+json; charset=utf-8',
    ],
  ])('for %s: an invalid document gets status %d', async (accept, status, type) => {
    const { post } = await startTransport(schema);
    const answer = await post({ query: '{ nothing }' }, { accept });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe(type);
  });

  test('that nobody serves is refused with 406', async () => {
    const { post } = await startTransport(schema);
    const answer = await post({ query: '{ hello }' }, { accept: 'application/xml' });
    expect(answer.status).toBe(406);
    expect(await answer.json()).toEqual({
      errors: [
        {
          message: 'This query can only be answered to clients that accept application/json.',
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    });
  });
});

describe('what is not executable', () => {
  test.each([
    ['an unknown operation name', { query: 'query A { hello }', operationName: 'B' }],
    ['several operations without a name', { query: 'query A { hello } query B { hello }' }],
    ['fragments only', { query: 'fragment F on Query { hello }' }],
  ])('%s is BAD_USER_INPUT', async (_, body) => {
    const { query } = await startTransport(schema);
    expect(await query(body)).toEqual({
      errors: [
        {
          message: 'The document has no operation of that name, or it has several and operationName is missing.',
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    });
  });

  test('a syntax error says where', async () => {
    const { query } = await startTransport(schema);
    const answer = {
      errors: [
        {
          message: 'Syntax Error: Expected Name, found "}".',
          locations: [{ line: 2, column: 3 }],
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    };
    expect(await query({ query: '{\n  }' })).toEqual(answer);
    // The second time it comes from the cache of documents.
    expect(await query({ query: '{\n  }' })).toEqual(answer);
  });

  test('an unknown field is BAD_USER_INPUT', async () => {
    const { query } = await startTransport(schema);
    const answer = {
      errors: [
        {
          message: 'Cannot query field "helo" on type "Query". Did you mean "hello"?',
          locations: [{ line: 1, column: 3 }],
          extensions: { code: 'BAD_USER_INPUT' },
        },
      ],
    };
    expect(await query({ query: '{ helo }' })).toEqual(answer);
    expect(await query({ query: '{ helo }' })).toEqual(answer);
  });

  test('a document with a hundred mistakes gets a short list', async () => {
    const { query } = await startTransport(schema);
    const fields = Array.from({ length: 100 }, (_, index) => `a${index}: nothing`).join(' ');
    const { errors } = await query({ query: `{ ${fields} }` });
    expect(errors).toHaveLength(21);
    expect(errors?.at(-1)?.message).toBe('Too many validation errors, error limit reached. Validation aborted.');
    expect(errors?.at(-1)?.extensions.code).toBe('BAD_USER_INPUT');
  });

  test('a document nested without end is refused, and the next one is answered', async () => {
    const { query } = await startTransport(schema);
    const deep = await query({ query: '{ hello '.repeat(4_000) });
    expect(deep.errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'depth', actual: 4_000 } }]);
    const long = await query({ query: '{ hello '.repeat(30_000) });
    expect(long.errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED', limit: 'tokens' } }]);
    expect(await query({ query: '{ hello }' })).toEqual({ data: { hello: 'Hello world' } });
  });
});

describe('introspection', () => {
  test('is answered by default', async () => {
    const { query } = await startTransport(schema);
    expect(await query({ query: '{ __schema { queryType { name } } }' })).toEqual({
      data: { __schema: { queryType: { name: 'Query' } } },
    });
  });

  test('is refused where it is switched off, and /schema.graphql with it', async () => {
    const { url, query } = await startTransport(schema, { introspection: false });
    const { errors, data } = await query({ query: '{ __schema { queryType { name } } }' });
    expect(data).toBeUndefined();
    expect(errors?.[0]?.message).toContain('introspection has been disabled');
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
    expect((await fetch(`${url}/schema.graphql`)).status).toBe(404);
  });

  test('switched off leaves __typename', async () => {
    const { query } = await startTransport(schema, { introspection: false });
    expect(await query({ query: '{ __typename }' })).toEqual({ data: { __typename: 'Query' } });
  });
});
