import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Credentials, createCredentialReader, readCredentials } from '../../src/upstream/credentials.js';
import { startGateway } from '../support/gateway.js';

const RULES = { inkeep: {}, kataven: {} };

function read(headers: Record<string, string>): Credentials {
  return readCredentials((name) => headers[name], RULES);
}

/** `callerOf` of an upstream, or nothing where it has none. */
function callerOf(credentials: Credentials, service: 'inkeep' | 'kataven') {
  const caller = credentials[service];
  return caller && !('problem' in caller) ? caller : undefined;
}

/** A tool of which every user has a credential of their own: the upstream's answer tells who asked. */
const WHO_AM_I = '{ tool(projectId: "shared", toolId: "diary") { toolId name userCredential { name createdBy } } }';

test('20 callers who ask the same at the same moment each get their own answer', async () => {
  const gateway = await startGateway({ story: false });
  const { inkeep } = gateway.sandbox;
  const users = Array.from({ length: 20 }, (_, n) => `user-${n}`);
  inkeep.addProject({ id: 'shared' });
  inkeep.addTool({ id: 'diary', name: 'Diary' });
  for (const user of users) {
    inkeep.addUserCredential({ id: `c-${user}`, toolId: 'diary', userId: user, name: `of ${user}`, createdBy: user });
  }
  inkeep.latency({ ms: 600 });
  // Each asks twice, half of them by cookie: what one caller may share with itself, no two may.
  const asked = [...users, ...users].map(async (user, n) => {
    const headers: Record<string, string> =
      n % 2 === 0
        ? { authorization: `Bearer session-${user}` }
        : { cookie: `better-auth.session_token=session-${user}.signature` };
    return [user, await gateway.query(WHO_AM_I, {}, headers)] as const;
  });
  for (const [user, { data, errors }] of await Promise.all(asked)) {
    expect(errors).toBeUndefined();
    expect(data.tool.userCredential).toEqual({ name: `of ${user}`, createdBy: user });
  }
  // The test proves nothing unless a call was coalesced.
  expect(inkeep.count('get-user-credential-for-tool')).toBeLessThan(40);
});

test('a caller on another ref does not join the same caller’s call', async () => {
  const gateway = await startGateway();
  const { inkeep } = gateway.sandbox;
  inkeep.latency({ ms: 150 });
  const document = '{ project(projectId: "support-desk") { name } }';
  const [plain, main, unknown] = await Promise.all([
    gateway.query(document, {}, { authorization: 'Bearer t' }),
    gateway.query(document, {}, { authorization: 'Bearer t', 'x-inkeep-ref': 'main' }),
    gateway.query(document, {}, { authorization: 'Bearer t', 'x-inkeep-ref': 'no-such-branch' }),
  ]);
  expect([plain.data, main.data, unknown.data]).toEqual([
    { project: { name: 'Support desk' } },
    { project: { name: 'Support desk' } },
    { project: null },
  ]);
  expect(inkeep.requests.map(({ headers }) => headers['x-inkeep-ref']).sort()).toEqual([
    'main',
    'no-such-branch',
    undefined,
  ]);
});

test('two Kataven accounts of one token get answers of their own', async () => {
  const gateway = await startGateway();
  gateway.sandbox.kataven.latency({ ms: 150 });
  const ask = (account: string) =>
    gateway.query('{ voiceAgents { totalCount } }', {}, { authorization: 'Bearer jwt', 'x-account-id': account });
  const [acme, reserved] = await Promise.all([ask('acme'), ask('kataven-admin')]);
  expect(acme.data.voiceAgents).toEqual({ totalCount: 6 });
  expect(reserved.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});

const visible = fc.string({ unit: fc.constantFrom(...'abcXYZ019-_.~+/='), minLength: 1 });
const identity = fc.record(
  {
    authorization: fc
      .oneof(
        visible,
        visible.map((token) => `sk_live_${token}`),
      )
      .map((token) => `Bearer ${token}`),
    cookie: visible.map((value) => `better-auth.session_token=${value}; other=${value}`),
    'x-kataven-authorization': visible.map((token) => `Bearer ${token}`),
    'x-account-id': visible,
    'x-inkeep-ref': visible,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Record<string, string>>;

test('two callers share a fingerprint exactly when an upstream receives the same of them', () => {
  fc.assert(
    fc.property(identity, identity, (a, b) => {
      for (const service of ['inkeep', 'kataven'] as const) {
        const [one, other] = [callerOf(read(a), service), callerOf(read(b), service)];
        if (!one || !other) continue;
        const isSame = JSON.stringify(one.headers) === JSON.stringify(other.headers);
        expect(one.fingerprint === other.fingerprint).toBe(isSame);
      }
    }),
  );
});

test('remembered credentials are those of the same headers, and never those of another caller', () => {
  fc.assert(
    fc.property(fc.array(identity, { maxLength: 12 }), (callers) => {
      const remember = createCredentialReader(RULES, 3);
      for (const headers of [...callers, ...callers]) {
        expect(remember((name) => headers[name])).toEqual(read(headers));
      }
    }),
  );
});

test('no header goes to both upstreams, and no Kataven key to Inkeep', () => {
  fc.assert(
    fc.property(identity, (headers) => {
      const inkeep = callerOf(read(headers), 'inkeep')?.headers ?? {};
      const kataven = callerOf(read(headers), 'kataven')?.headers ?? {};
      expect(inkeep.authorization ?? '').not.toMatch(/^Bearer sk_live_/);
      expect(Object.keys(inkeep).every((name) => ['authorization', 'cookie', 'x-inkeep-ref'].includes(name))).toBe(
        true,
      );
      expect(Object.keys(kataven).every((name) => ['authorization', 'x-account-id'].includes(name))).toBe(true);
      const isOneHeader = headers.authorization !== headers['x-kataven-authorization'];
      if (isOneHeader && inkeep.authorization) expect(kataven.authorization).not.toBe(inkeep.authorization);
    }),
  );
});

test('what was read from a caller cannot be changed afterwards', () => {
  const credentials = read({ authorization: 'Bearer t', 'x-kataven-authorization': 'Bearer k' });
  expect(Object.isFrozen(credentials)).toBe(true);
  for (const service of ['inkeep', 'kataven'] as const) {
    expect(Object.isFrozen(callerOf(credentials, service))).toBe(true);
    expect(Object.isFrozen(callerOf(credentials, service)?.headers)).toBe(true);
  }
});

test('the same caller has the same identity on every ref', () => {
  const plain = callerOf(read({ authorization: 'Bearer t' }), 'inkeep');
  const onRef = callerOf(read({ authorization: 'Bearer t', 'x-inkeep-ref': 'main' }), 'inkeep');
  expect(onRef?.identity).toBe(plain?.identity);
  expect(onRef?.fingerprint).not.toBe(plain?.fingerprint);
});

test.each([
  ['x-inkeep-ref', 'X-Inkeep-Ref', 'inkeep', { authorization: 'Bearer t', 'x-inkeep-ref': 'a\r\nx-admin: true' }],
  ['x-account-id', 'X-Account-ID', 'kataven', { authorization: 'Bearer t', 'x-account-id': 'a b' }],
  ['authorization', 'Authorization', 'inkeep', { authorization: 'Bearer t\r\nx-admin:true' }],
] as const)('a value of %s that cannot be sent on is a problem of that header', (_name, header, service, headers) => {
  const credential = read(headers)[service];
  expect(credential).toMatchObject({ header });
  expect(credential).not.toHaveProperty('headers');
});

test('a cookie with a line break is left out', () => {
  const headers = { authorization: 'Bearer t', cookie: 'better-auth.a=1; better-auth.b=2\r\nx: y' };
  expect(callerOf(read(headers), 'inkeep')?.headers).toEqual({ authorization: 'Bearer t', cookie: 'better-auth.a=1' });
});
