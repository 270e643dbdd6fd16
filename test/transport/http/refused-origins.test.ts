import { createSchema } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { startTransport, type TestTransport } from '../../support/transport.js';

const schema = createSchema({
  typeDefs: 'type Query { hello: String }',
  resolvers: { Query: { hello: () => 'world' } },
});
const listed = { corsOrigins: ['https://app.example.com'] };
const message = 'pages of this origin cannot read answers: to allow them, add the origin to CORS_ORIGINS';

function refused({ lines }: TestTransport) {
  return lines.filter(({ msg }) => msg === message).map(({ level, origin }) => ({ level, origin }));
}

describe('an origin that is not listed', () => {
  test('is logged once as a warning that names the setting', async () => {
    const started = await startTransport(schema, listed);
    const origin = 'https://other.example.com';
    const headers = { origin, 'access-control-request-method': 'POST' };
    await fetch(`${started.url}/graphql`, { method: 'OPTIONS', headers });
    await started.post({ query: '{ hello }' }, { origin });
    await started.post({ query: '{ hello }' }, { origin });
    expect(refused(started)).toEqual([{ level: 40, origin }]);
  });

  test('is cut in the log, and no more than the limit of origins is logged', async () => {
    const limits = { http: { maxLoggedValues: 2, maxLoggedHeaderChars: 9 } };
    const started = await startTransport(schema, { ...listed, limits });
    for (const name of ['a', 'b', 'c']) await started.post({ query: '{ hello }' }, { origin: `https://${name}.test` });
    expect(refused(started).map(({ origin }) => origin)).toEqual(['https://a', 'https://b']);
  });

  test('is not logged if it is listed or the origin of the gateway itself', async () => {
    const started = await startTransport(schema, { ...listed, publicOrigin: 'https://api.example.com' });
    for (const origin of ['https://app.example.com', 'https://api.example.com', started.url]) {
      await started.post({ query: '{ hello }' }, { origin });
    }
    expect(refused(started)).toEqual([]);
  });
});

test('a preflight that asks for a method that is not served is logged, with the header that is refused', async () => {
  const started = await startTransport(schema, listed);
  const ask = (method: string) =>
    fetch(`${started.url}/graphql`, {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example.com', 'access-control-request-method': method },
    });
  for (const method of ['POST', 'DELETE', 'DELETE']) await ask(method);
  expect(started.lines.filter(({ level }) => level === 40)).toMatchObject([
    {
      'access-control-request-method': 'DELETE',
      msg: 'pages cannot send requests with this method: only POST, GET, OPTIONS are served',
    },
  ]);
});
