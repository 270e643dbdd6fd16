import { createSchema } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { startProxy } from '../../support/proxy.js';
import { connect, refusedUpgrade } from '../../support/sockets.js';
import { startTransport } from '../../support/transport.js';

const schema = createSchema({
  typeDefs: 'type Query { hello: String }',
  resolvers: { Query: { hello: () => 'world' } },
});

/** Whether a page gets a socket that works. */
async function opens(url: string, headers: Record<string, string>): Promise<boolean> {
  const client = await connect(url, { headers, params: {} });
  client.send({ type: 'ping' });
  return (await client.next()).type === 'pong';
}

async function refusal(url: string, headers: Record<string, string>) {
  const { status, body } = await refusedUpgrade(url, '/graphql', headers);
  return { status, message: (body as { errors: { message: string }[] }).errors[0]?.message };
}

describe('the socket of our own page', () => {
  test.each([
    ['https://api.example.com', 'api.example.com:443'],
    ['https://api.example.com', 'api.example.com:80'],
    ['http://api.example.com', 'api.example.com:80'],
    ['https://api.example.com', 'API.example.com'],
    ['http://[::1]', '[::1]:80'],
    ['http://api.example.com:443', 'api.example.com:443'],
    ['http://127.0.0.1:4000', '127.0.0.1:4000'],
  ])('on %s opens where the Host is %s', async (origin, host) => {
    const { url } = await startTransport(schema);
    expect(await opens(url, { origin, host })).toBe(true);
  });

  test.each([
    ['https://api.example.com:8443', 'api.example.com'],
    ['https://api.example.com', 'gateway:4000'],
    ['https://api.example.com', 'api.example.com:8443'],
    ['https://api.example.com.evil.example', 'api.example.com:443'],
    ['https://evil.example', 'api.example.com:443'],
  ])('on %s is refused where the Host is %s and nothing else names us', async (origin, host) => {
    const { url } = await startTransport(schema);
    expect((await refusal(url, { origin, host })).status).toBe(403);
  });

  test('opens at the address of PUBLIC_URL, whatever Host a proxy passes on, and at the other names still', async () => {
    const { url } = await startTransport(schema, { publicOrigin: 'https://api.example.com:8443' });
    expect(await opens(url, { origin: 'https://api.example.com:8443', host: 'gateway:4000' })).toBe(true);
    expect(await opens(url, { origin: url })).toBe(true);
    for (const origin of ['https://api.example.com', 'http://api.example.com:8443', 'https://evil.example']) {
      expect((await refusal(url, { origin, host: 'gateway:4000' })).status).toBe(403);
    }
  });
});

describe('the headers of a proxy', () => {
  const origin = 'https://api.example.com:8443';
  const forwarded: Record<string, string>[] = [
    { forwarded: 'for=192.0.2.1;proto=https;host="api.example.com:8443"' },
    { forwarded: 'for=192.0.2.1; Host=api.example.com:8443;proto=https, for=10.0.0.1;host=gateway:4000' },
    { 'x-forwarded-host': 'api.example.com:8443', 'x-forwarded-proto': 'https' },
    { 'x-forwarded-host': 'api.example.com:8443, gateway:4000' },
    { 'x-forwarded-host': 'api.example.com', 'x-forwarded-port': '8443' },
    { host: 'api.example.com', 'x-forwarded-port': '8443' },
  ];

  test.each(forwarded)('%o name us if TRUST_PROXY is true', async (headers) => {
    const { url } = await startTransport(schema, { trustProxy: true });
    expect(await opens(url, { host: 'gateway:4000', origin, ...headers })).toBe(true);
  });

  test.each(forwarded)('%o name nothing by default', async (headers) => {
    const { url } = await startTransport(schema);
    expect((await refusal(url, { host: 'gateway:4000', origin, ...headers })).status).toBe(403);
  });

  test.each<Record<string, string>>([
    { forwarded: 'for=192.0.2.1' },
    { forwarded: 'host=' },
    { forwarded: 'by=nohost=evil.example' },
    { 'x-forwarded-host': '' },
    { 'x-forwarded-port': '8443' },
  ])('%o name nobody else', async (headers) => {
    const { url } = await startTransport(schema, { trustProxy: true });
    const page = { host: 'gateway:4000', origin: 'https://evil.example', ...headers };
    expect((await refusal(url, page)).status).toBe(403);
  });

  test('of a real one that sets Host to the upstream’s open the socket', async () => {
    const { url } = await startTransport(schema, { trustProxy: true });
    const proxy = await startProxy(url, {
      headers: ({ host, ...others }) => ({ ...others, host: 'gateway:4000', 'x-forwarded-host': host }),
    });
    expect(await opens(proxy.url, { origin: proxy.url })).toBe(true);
  });
});

describe('a refusal', () => {
  const page = { host: 'gateway:4000', origin: 'https://api.example.com', 'x-forwarded-host': 'api.example.com' };

  test('says what was compared, and which settings would change it', async () => {
    const { url } = await startTransport(schema);
    expect(await refusal(url, page)).toEqual({
      status: 403,
      message:
        'Pages of this origin may not connect. Its Origin was compared with Host, PUBLIC_URL (not set), and CORS_ORIGINS (not set).',
    });
    const full = { publicOrigin: 'https://a.test', corsOrigins: ['https://b.test'], trustProxy: true };
    const other = await startTransport(schema, full);
    expect((await refusal(other.url, { ...page, 'x-forwarded-host': 'gateway' })).message).toBe(
      'Pages of this origin may not connect. Its Origin was compared with Host, Forwarded, X-Forwarded-Host, PUBLIC_URL, and CORS_ORIGINS.',
    );
  });

  test('is logged with the names that the request gave, cut to a length', async () => {
    const { url, logged } = await startTransport(schema);
    await refusal(url, { ...page, origin: `https://${'a'.repeat(300)}.example` });
    expect(await logged('upgrade refused')).toMatchObject({
      status: 403,
      origin: `https://${'a'.repeat(192)}`,
      host: 'gateway:4000',
      'x-forwarded-host': 'api.example.com',
    });
  });
});
