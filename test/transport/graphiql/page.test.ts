import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { createSchema } from 'graphql-yoga';
import { request } from 'undici';
import { describe, expect, test } from 'vitest';
import { startTransport } from '../../support/transport.js';

const schema = createSchema({
  typeDefs: 'type Query { hello: String }',
  resolvers: { Query: { hello: () => 'world' } },
});

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const shown = {
  graphiql: true,
  exampleTabs: [{ name: 'A greeting', query: 'query Greeting { hello }', variables: '{"a":1}' }],
};

async function openPage(url: string): Promise<string> {
  return (await fetch(`${url}/graphql`, { headers: { accept: BROWSER } })).text();
}

/** Paths of the files that a page at `/graphql` asks for. */
function assetPaths(html: string): string[] {
  return addressesIn(html).map((address) => new URL(address, 'http://gateway/graphql').pathname);
}

function addressesIn(html: string): string[] {
  return [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
}

describe('the explorer', () => {
  test('is a page for browsers at /graphql, under a policy that lets nothing in from elsewhere', async () => {
    const { url } = await startTransport(schema, shown);
    const answer = await fetch(`${url}/graphql`, { headers: { accept: BROWSER } });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('vary')).toContain('accept');
    const policy = answer.headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|unsafe-eval|blob:|\*/);
    expect(await answer.text()).not.toMatch(/<script(?! type="(module" src=|application\/json" id=))|https?:/);
  });

  test('is also shown for a link with a query', async () => {
    const { url } = await startTransport(schema, shown);
    const answer = await fetch(`${url}/graphql?query=%7Bhello%7D`, { headers: { accept: BROWSER } });
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  });

  test('is where / leads browsers, and only them', async () => {
    const { url } = await startTransport(schema, shown);
    const answer = await fetch(`${url}/`, { headers: { accept: BROWSER }, redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, 'graphql']);
    expect((await fetch(`${url}/`)).status).toBe(404);
  });

  test('asks for nothing by an absolute path, which a proxy may have put elsewhere', async () => {
    const { url } = await startTransport(schema, shown);
    const addresses = addressesIn(await openPage(url));
    expect(addresses).toHaveLength(3);
    expect(addresses.filter((address) => !address.startsWith('graphql/assets/'))).toEqual([]);
  });

  test('is one address: a trailing slash leads there, with the query', async () => {
    const { url } = await startTransport(schema, shown);
    const options = { headers: { accept: BROWSER }, redirect: 'manual' } as const;
    const answer = await fetch(`${url}/graphql/?query=%7Bhello%7D`, options);
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '../graphql?query=%7Bhello%7D']);
  });

  test('does not get in the way of operations', async () => {
    const { url, query } = await startTransport(schema, shown);
    expect(await (await fetch(`${url}/graphql?query=%7Bhello%7D`)).json()).toEqual({ data: { hello: 'world' } });
    expect(await query({ query: '{ hello }' }, { accept: BROWSER })).toEqual({ data: { hello: 'world' } });
  });

  test('is absent where it is switched off', async () => {
    const { url } = await startTransport(schema, { ...shown, graphiql: false });
    const answer = await fetch(`${url}/graphql`, { headers: { accept: BROWSER } });
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('The request has no \\"query\\"');
    expect((await fetch(`${url}/graphql/assets/explorer.js`)).status).toBe(404);
  });
});

describe('the files of the explorer', () => {
  test('can be cached for ever, because their names change with their content', async () => {
    const { url } = await startTransport(schema, shown);
    const paths = assetPaths(await openPage(url));
    expect(paths).toHaveLength(3);
    for (const path of paths) {
      expect(path).toMatch(/^\/graphql\/assets\/[a-z]+\.[0-9a-f]{16}\.(js|css|svg)$/);
      const { headers, status } = await fetch(url + path);
      expect(status).toBe(200);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
    const other = await startTransport(schema, { ...shown, exampleTabs: [{ name: 'Other', query: '{ hello }' }] });
    expect(assetPaths(await openPage(other.url))).toEqual(paths);
  });

  test.each([
    ['br, gzip', 'br', brotliDecompressSync],
    ['gzip, deflate', 'gzip', gunzipSync],
    ['br;q=0, gzip', 'gzip', gunzipSync],
  ])('come compressed to a client that accepts %s', async (accepted, encoding, decompress) => {
    const { url } = await startTransport(schema, shown);
    const path = assetPaths(await openPage(url)).find((candidate) => candidate.endsWith('.css'));
    const plain = await request(url + path, { headers: { 'accept-encoding': 'identity' } });
    const packed = await request(url + path, { headers: { 'accept-encoding': accepted } });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(packed.headers['content-encoding']).toBe(encoding);
    expect(packed.headers.vary).toContain('accept-encoding');
    const expected = Buffer.from(await plain.body.arrayBuffer());
    const received = Buffer.from(await packed.body.arrayBuffer());
    expect(received.length).toBeLessThan(expected.length / 1.5);
    expect(decompress(received).equals(expected)).toBe(true);
  });

  test('are less than 1 MB together with the page, for a browser that accepts brotli', async () => {
    const { url } = await startTransport(schema, shown);
    const paths = ['/graphql', ...assetPaths(await openPage(url))];
    const sizes = paths.map(async (path) => {
      const { body } = await request(url + path, { headers: { accept: BROWSER, 'accept-encoding': 'br' } });
      return (await body.arrayBuffer()).byteLength;
    });
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(100_000);
    expect(total).toBeLessThan(1_000_000);
  });
});

describe('the page', () => {
  test('holds the example operations, titled with their name', async () => {
    const { url } = await startTransport(schema, shown);
    expect(examplesIn(await openPage(url))).toEqual([
      { query: '# A greeting\nquery Greeting { hello }', variables: '{"a":1}' },
    ]);
  });

  test('holds examples that look like markup as text', async () => {
    const query = '# </script><script>alert(1)</script>\n{ hello }';
    const { url } = await startTransport(schema, { ...shown, exampleTabs: [{ name: 'Markup', query }] });
    expect(examplesIn(await openPage(url))).toEqual([{ query }]);
  });
});

function examplesIn(html: string): unknown {
  return JSON.parse(/<script type="application\/json" id="examples">(.*?)<\/script>/.exec(html)?.[1] ?? '');
}
