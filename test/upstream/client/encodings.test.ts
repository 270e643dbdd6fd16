import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  UpstreamBadResponse,
  UpstreamRejected,
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
const BODY = JSON.stringify({ id: 't1', text: 'é'.repeat(2_000) });

/** An upstream that answers with these bytes in this content coding, whatever was asked for. */
function startEncoded(coding: string | string[], body: Buffer, status = 200) {
  return startUpstream((_, response) => {
    response.setHeader('content-encoding', coding);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
}

test.each([
  ['gzip', gzipSync(BODY)],
  ['x-gzip', gzipSync(BODY)],
  ['GZip', gzipSync(BODY)],
  ['deflate', deflateSync(BODY)],
  ['Deflate', deflateRawSync(BODY)],
  ['br', brotliCompressSync(BODY)],
  ['BR', brotliCompressSync(BODY)],
  ['Identity', Buffer.from(BODY)],
  ['gzip, br', brotliCompressSync(gzipSync(BODY))],
  ['identity, gzip', gzipSync(BODY)],
  [['gzip', 'br'], brotliCompressSync(gzipSync(BODY))],
])('an answer in %s is read, although identity was asked for', async (coding, body) => {
  const upstream = await startEncoded(coding, body);
  const answer = await startClient(upstream.url).request(alice, getTool('t1')).answer;
  expect(answer).toMatchObject({ status: 200, body: JSON.parse(BODY) });
  expect(upstream.requests[0]?.headers['accept-encoding']).toBe('identity');
});

describe('an answer that grows when it is decoded', () => {
  const bomb = Buffer.from(JSON.stringify('a'.repeat(100_000)));

  test.each([
    ['gzip', gzipSync(bomb)],
    ['deflate', deflateSync(bomb)],
    ['br', brotliCompressSync(bomb)],
    ['gzip, gzip', gzipSync(gzipSync(bomb))],
  ])('is refused at the same cap (%s)', async (coding, body) => {
    const upstream = await startEncoded(coding, body);
    const client = startClient(upstream.url, { limits: { maxBodyBytes: bomb.length - 1 } });
    const error = await rejection(client.request(alice, getTool('t1')).answer);
    expect(error).toBeInstanceOf(UpstreamBadResponse);
    expect((error as Error).message).toBe('GET /tools/t1 was answered with a body that is too large');
  });

  test('is read up to the cap', async () => {
    const upstream = await startEncoded('gzip', gzipSync(bomb));
    const client = startClient(upstream.url, { limits: { maxBodyBytes: bomb.length } });
    expect(await client.request(alice, getTool('t1')).answer).toMatchObject({ body: 'a'.repeat(100_000) });
  });
});

test.each([
  ['zstd', gzipSync(BODY)],
  ['gzip', Buffer.from(BODY)],
  ['gzip', gzipSync(BODY).subarray(0, -20)],
  ['br', gzipSync(BODY)],
  ['gzip, gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(gzipSync(BODY))))],
])('an answer in %s that cannot be decoded is refused, and says so', async (coding, body) => {
  const upstream = await startEncoded(coding, body);
  const error = await rejection(startClient(upstream.url).request(alice, getTool('t1')).answer);
  expect(error).toBeInstanceOf(UpstreamBadResponse);
  expect((error as Error).message).toBe('GET /tools/t1 was answered in a content coding that cannot be decoded');
});

test('the reasons of a refusal are read from a compressed body too', async () => {
  const fields = [{ path: ['name'], message: 'Too short' }];
  const body = JSON.stringify({ error: { name: 'ZodError', message: JSON.stringify(fields) } });
  const upstream = await startEncoded('gzip', gzipSync(body), 400);
  const error = await rejection(startClient(upstream.url).request(alice, createTool({})).answer);
  expect(error).toBeInstanceOf(UpstreamRejected);
  expect((error as UpstreamRejected).fields).toEqual(fields);
});

test('a failure with a body that cannot be decoded keeps its status', async () => {
  const upstream = await startEncoded('gzip', Buffer.from('not gzip'), 500);
  const error = await rejection(startClient(upstream.url).request(alice, getTool('t1')).answer);
  expect(error).toBeInstanceOf(UpstreamUnavailable);
  expect((error as Error).message).toBe('GET /tools/t1 failed with 500');
});

test('a write whose answer cannot be decoded has succeeded', async () => {
  const upstream = await startEncoded('gzip', Buffer.from('not gzip'), 201);
  const { answer } = startClient(upstream.url).request(alice, { ...createTool({}), answer: 'any' });
  expect(await answer).toMatchObject({ status: 201, body: undefined });
});

test('an empty answer to a write that is said to be compressed is empty', async () => {
  const upstream = await startUpstream((_, response) => response.writeHead(204, { 'content-encoding': 'gzip' }).end());
  const { answer } = startClient(upstream.url).request(alice, { ...createTool({}), answer: 'any' });
  expect(await answer).toMatchObject({ status: 204, body: undefined });
});
