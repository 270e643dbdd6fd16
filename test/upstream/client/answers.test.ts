import { describe, expect, test } from 'vitest';
import {
  InvalidPathSegment,
  UpstreamBadResponse,
  UpstreamForbidden,
  UpstreamNotFound,
  UpstreamRateLimited,
  UpstreamRejected,
  UpstreamUnauthenticated,
  UpstreamUnavailable,
} from '../../../src/upstream/client/errors/upstream-errors.js';
import {
  callerNamed,
  createTool,
  getTool,
  rejection,
  startClient,
  startUpstream,
} from '../../support/scripted-upstream.js';

const alice = callerNamed('alice');
const json = { 'content-type': 'application/json' };

/** What `alice` gets for a read that is answered with this. */
async function answerTo(status: number, headers: Record<string, string>, body: string | Buffer = ''): Promise<unknown> {
  const upstream = await startUpstream((_, response) => response.writeHead(status, headers).end(body));
  return startClient(upstream.url, { retry: { maxRetries: 0 } }).request(alice, getTool('t1')).answer;
}

describe('a request', () => {
  test('carries the identity of its caller and a fixed list of headers', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(200, json).end('{}'));
    const caller = {
      ...alice,
      headers: { authorization: 'Bearer alice', 'x-inkeep-ref': 'main', accept: 'text/html' },
    };
    await startClient(upstream.url).request(caller, getTool('t1')).answer;
    expect(upstream.requests[0]?.headers).toEqual({
      authorization: 'Bearer alice',
      'x-inkeep-ref': 'main',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'agent-tools-gateway',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
      host: new URL(upstream.url).host,
      connection: 'keep-alive',
    });
  });

  test('sends its body as JSON to the path under the base', async () => {
    const bodies: string[] = [];
    const upstream = await startUpstream(async (request, response) => {
      const chunks: Buffer[] = await request.toArray();
      bodies.push(Buffer.concat(chunks).toString());
      response.writeHead(201, json).end('{"data":{"id":"t1"}}');
    });
    const answer = startClient(`${upstream.url}/manage`).request(alice, createTool({ name: 'Wetter 🌦' })).answer;
    expect(await answer).toEqual({ status: 201, body: { data: { id: 't1' } } });
    expect(bodies).toEqual(['{"name":"Wetter 🌦"}']);
    expect(upstream.requests[0]).toMatchObject({
      method: 'POST',
      url: '/manage/tools',
      headers: { 'content-type': 'application/json' },
    });
  });

  test('is not sent with an id that must not become part of a path', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(200, json).end('{}'));
    const client = startClient(upstream.url, { idPattern: /^[a-zA-Z0-9\-_.]+$/ });
    expect(await rejection(client.request(alice, getTool('..')).answer)).toBeInstanceOf(InvalidPathSegment);
    expect(await rejection(client.request(alice, getTool('a/b')).answer)).toBeInstanceOf(InvalidPathSegment);
    await client.request(alice, getTool('t1')).answer;
    expect(upstream.requests.map(({ url }) => url)).toEqual(['/tools/t1']);
  });

  test('is not sent with a credential of the other upstream', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(200, json).end('{}'));
    const caller = { ...alice, service: 'kataven' as const };
    expect(await rejection(startClient(upstream.url).request(caller, getTool('t1')).answer)).toBeInstanceOf(TypeError);
    expect(upstream.requests).toEqual([]);
  });
});

describe('a 2xx answer', () => {
  test('is its JSON and the request id that the upstream gave it', async () => {
    expect(await answerTo(200, { ...json, 'x-request-id': 'req-1' }, '{"data":[1]}')).toEqual({
      status: 200,
      body: { data: [1] },
      requestId: 'req-1',
    });
  });

  test.each(['application/json; charset=utf-8', 'application/problem+json', 'Application/JSON;Charset="UTF-8"'])(
    'may be declared as %s',
    async (type) => {
      expect(await answerTo(200, { 'content-type': type }, '"ü"')).toMatchObject({ body: 'ü' });
    },
  );

  test.each([
    ['HTML', { 'content-type': 'text/html' }, '<html></html>'],
    ['JSON that is declared as text', { 'content-type': 'text/plain' }, '{}'],
    ['JSON of no declared type', {}, '{}'],
    ['JSON in another charset', { 'content-type': 'application/json; charset=utf-16' }, '{}'],
    ['malformed JSON', json, '{"data":'],
    ['nothing', json, ''],
    ['bytes that are no UTF-8', json, Buffer.from([0x22, 0xff, 0x22])],
    ['JSON that is said to be compressed', { ...json, 'content-encoding': 'gzip' }, '{}'],
  ])('is refused when it is %s', async (_, headers, body) => {
    const error = await rejection(answerTo(200, headers, body));
    expect(error).toBeInstanceOf(UpstreamBadResponse);
    expect(error).toMatchObject({ call: { status: 200, sent: true } });
  });

  test('of no content is refused, unless the call takes any answer', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(204).end());
    const client = startClient(upstream.url);
    const remove = { operation: 'delete-tool', method: 'DELETE', path: ['tools', 't1'], lane: 'plain' } as const;
    expect(await rejection(client.request(alice, remove).answer)).toBeInstanceOf(UpstreamBadResponse);
    expect(await client.request(alice, { ...remove, answer: 'any' }).answer).toEqual({ status: 204, body: undefined });
  });

  test.each([
    [{ 'content-type': 'text/plain' }, 'ok', undefined],
    [json, '{"id":"t1"}', { id: 't1' }],
    [json, '{"id":', undefined],
  ])('of any kind is taken where the call takes any (%j %s)', async (headers, text, body) => {
    const upstream = await startUpstream((_, response) => response.writeHead(200, headers).end(text));
    const call = { ...createTool({}), answer: 'any' } as const;
    expect(await startClient(upstream.url).request(alice, call).answer).toEqual({ status: 200, body });
  });

  test('is not read beyond the limit, and its connection is closed', async () => {
    let closed: Promise<void> | undefined;
    const upstream = await startUpstream((request, response) => {
      closed = new Promise((resolve) => request.socket.on('close', () => resolve()));
      response.writeHead(200, json);
      const fill = (): void => {
        if (response.writable) response.write(Buffer.alloc(16_384, ' '), fill);
      };
      fill();
    });
    const error = await rejection(
      startClient(upstream.url, { limits: { maxBodyBytes: 100_000 } }).request(alice, getTool('t1')).answer,
    );
    expect(error).toBeInstanceOf(UpstreamBadResponse);
    await closed;
  });

  test('may have exactly as many bytes as the limit', async () => {
    const upstream = await startUpstream((_, response) => response.writeHead(200, json).end('"1234"'));
    const read = (maxBodyBytes: number): Promise<unknown> =>
      startClient(upstream.url, { limits: { maxBodyBytes } }).request(alice, getTool('t1')).answer;
    expect(await read(6)).toMatchObject({ body: '1234' });
    expect(await rejection(read(5))).toBeInstanceOf(UpstreamBadResponse);
  });

  test('of more than 5 MiB is refused', async () => {
    const body = `"${'x'.repeat(5 * 1024 * 1024 - 2)}"`;
    expect(await answerTo(200, json, body)).toMatchObject({ status: 200 });
    expect(await rejection(answerTo(200, json, `${body} `))).toBeInstanceOf(UpstreamBadResponse);
  });

  test('is refused before it has come where it announces too much', async () => {
    const headers = { ...json, 'content-length': 5 * 1024 * 1024 + 1 };
    const upstream = await startUpstream((_, response) => response.writeHead(200, headers).flushHeaders());
    expect(await rejection(startClient(upstream.url).request(alice, getTool('t1')).answer)).toBeInstanceOf(
      UpstreamBadResponse,
    );
  });
});

describe('an answer that is no 2xx', () => {
  test.each([
    [401, UpstreamUnauthenticated, '{"code":"internal_server_error","status":500}'],
    [403, UpstreamForbidden, '{"code":"forbidden"}'],
    [404, UpstreamNotFound, '404 Not Found'],
    [429, UpstreamRateLimited, 'rate_limited: per-minute (60) exceeded'],
    [400, UpstreamRejected, '"header missing"'],
    [409, UpstreamRejected, ''],
    [422, UpstreamRejected, '{"code":"unprocessable_entity"}'],
    [418, UpstreamRejected, '<html>'],
    [500, UpstreamUnavailable, '{"internalError":"10.0.0.7:5432 refused"}'],
    [503, UpstreamUnavailable, '<html><h1>503 secret-proxy</h1></html>'],
    [302, UpstreamBadResponse, ''],
    [304, UpstreamBadResponse, ''],
  ])('of %i is %o, whatever its body says', async (status, kind, body) => {
    const error = await rejection(answerTo(status, { location: 'http://127.0.0.1:1/' }, status === 304 ? '' : body));
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({
      call: {
        service: 'inkeep',
        operation: 'get-tool',
        method: 'GET',
        path: '/tools/t1',
        status,
        retries: 0,
        sent: true,
      },
    });
    expect(String(error)).toMatch(/^\w+: GET \/tools\/t1 (failed|was answered) with \d+$/);
  });

  test('says when to come back, where the upstream does', async () => {
    const error = await rejection(answerTo(429, { 'retry-after': '17' }, 'slow down'));
    expect(error).toMatchObject({ call: { status: 429, retryAfter: 17 } });
  });

  test('names its request only by an id that is fit to be shown', async () => {
    expect(await rejection(answerTo(500, { 'x-request-id': 'b6d2a63a-6658' }))).toMatchObject({
      call: { requestId: 'b6d2a63a-6658' },
    });
    expect(await rejection(answerTo(500, { 'x-request-id': '<script>' }))).toMatchObject({
      call: { requestId: undefined },
    });
  });

  test('is not followed to where it redirects', async () => {
    const elsewhere = await startUpstream((_, response) => response.writeHead(200, json).end('{}'));
    const error = await rejection(answerTo(307, { location: elsewhere.url }));
    expect(error).toBeInstanceOf(UpstreamBadResponse);
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('a rejected body', () => {
  function zodError(issues: unknown): string {
    return JSON.stringify({ success: false, error: { name: 'ZodError', message: JSON.stringify(issues, null, 2) } });
  }

  async function fieldsOf(body: string, headers: Record<string, string> = json): Promise<unknown> {
    return ((await rejection(answerTo(400, headers, body))) as UpstreamRejected).fields;
  }

  test('names its fields as the upstream found them', async () => {
    const issues = [
      { code: 'too_big', path: ['id'], message: 'Too big: expected string to have <=255 characters' },
      { code: 'custom', path: ['config', 'mcp', 'headers', 0], message: 'Must be a string' },
    ];
    expect(await fieldsOf(zodError(issues))).toEqual([
      { path: ['id'], message: 'Too big: expected string to have <=255 characters' },
      { path: ['config', 'mcp', 'headers', '0'], message: 'Must be a string' },
    ]);
  });

  test('names the fields of problem+json, by their pointers or else by their names', async () => {
    const errors = [
      { detail: 'Invalid url', pointer: '/config/mcp/server/url', name: 'config.mcp.server.url', reason: 'Not a URL' },
      { detail: 'Too many', pointer: '#/headers/a~1b/0', reason: 'At most 10' },
      { name: 'id', detail: 'Too long' },
      { pointer: 5 },
      null,
      {},
    ];
    const body = JSON.stringify({ title: 'Validation Failed', status: 400, errors });
    expect(await fieldsOf(body, { 'content-type': 'application/problem+json' })).toEqual([
      { path: ['config', 'mcp', 'server', 'url'], message: 'Not a URL' },
      { path: ['headers', 'a/b', '0'], message: 'At most 10' },
      { path: ['id'], message: 'Too long' },
      { path: [], message: 'is not valid' },
    ]);
  });

  test('names at most fifty, each in one line of at most 200 characters', async () => {
    const issues = Array.from({ length: 60 }, (_, i) => ({
      path: [i],
      message: `one\n\u2028two\u0000 ${'x'.repeat(300)}`,
    }));
    const fields = (await fieldsOf(zodError(issues))) as { message: string }[];
    expect(fields).toHaveLength(50);
    expect(fields[0]?.message).toBe(`one two ${'x'.repeat(192)}`);
  });

  test('names those that are well-formed, and no others', async () => {
    const issues = [
      null,
      7,
      {},
      { path: 'id', message: 'm' },
      { path: [{}], message: 'm' },
      { path: [], message: 'kept' },
    ];
    expect(await fieldsOf(zodError(issues))).toEqual([{ path: [], message: 'kept' }]);
  });

  test.each([
    '',
    'null',
    '"no"',
    '{}',
    '{"error":{"name":"ZodError","message":"not json"}}',
    zodError({ path: [] }),
    '<html>',
  ])('names none where it says %j', async (body) => {
    expect(await fieldsOf(body)).toEqual([]);
  });

  test('is told by its status alone where it is longer than 64 KiB', async () => {
    const body = zodError([{ path: ['id'], message: 'x'.repeat(64 * 1024) }]);
    expect(await fieldsOf(body)).toEqual([]);
  });

  test('is not decoded where it is compressed', async () => {
    const body = zodError([{ path: ['id'], message: 'm' }]);
    expect(await fieldsOf(body, { ...json, 'content-encoding': 'br' })).toEqual([]);
  });
});
