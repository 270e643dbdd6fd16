import { describe, expect, test } from 'vitest';
import type { Environment } from '../../src/config/load-config.js';
import { type Answer, startGateway, type TestGateway } from '../support/gateway.js';
import { freePort } from '../support/scripted-upstream.js';
import { ask, createSocketClient } from '../support/sockets.js';

/** One call to each upstream. */
const BOTH = '{ projects { totalCount } voiceAgents { totalCount } }';

/** A gateway with settings of its own, so that the sandbox it talks to is an upstream like any other. */
async function startConfigured(
  env: Environment = {},
  upstreams: readonly ('inkeep' | 'kataven')[] = ['inkeep', 'kataven'],
): Promise<TestGateway> {
  const [inkeepPort, katavenPort] = [await freePort(), await freePort()];
  const urls = {
    ...(upstreams.includes('inkeep') && {
      INKEEP_URL: `http://127.0.0.1:${inkeepPort}/manage`,
      INKEEP_TENANT_ID: 'default',
    }),
    ...(upstreams.includes('kataven') && { KATAVEN_URL: `http://127.0.0.1:${katavenPort}/v1` }),
  };
  return startGateway({ inkeepPort, katavenPort }, { SANDBOX: 'false', ...urls, ...env });
}

/** The identity headers that an upstream received; undefined where it was not called. */
function received(gateway: TestGateway, service: 'inkeep' | 'kataven') {
  const [request] = gateway.sandbox[service].requests;
  if (!request) return undefined;
  const { authorization, cookie, 'x-account-id': account, 'x-inkeep-ref': ref } = request.headers;
  return JSON.parse(JSON.stringify({ authorization, cookie, account, ref }));
}

function codesByField({ errors }: Answer<unknown>): Record<string, unknown> {
  return Object.fromEntries((errors ?? []).map(({ path, extensions }) => [String(path?.[0]), extensions?.code]));
}

interface Row {
  readonly sends: string;
  readonly headers: Record<string, string>;
  readonly inkeep: Record<string, string> | undefined;
  readonly kataven: Record<string, string> | undefined;
}

const BOTH_CONFIGURED: Row[] = [
  { sends: 'nothing', headers: {}, inkeep: undefined, kataven: undefined },
  {
    sends: 'a bearer',
    headers: { authorization: 'Bearer t-1' },
    inkeep: { authorization: 'Bearer t-1' },
    kataven: undefined,
  },
  {
    sends: 'a bearer in lower case',
    headers: { authorization: 'bearer t-1' },
    inkeep: { authorization: 'Bearer t-1' },
    kataven: undefined,
  },
  {
    sends: 'session cookies among others',
    headers: {
      cookie:
        'theme=dark; better-auth.session_token=ada.sig; __Secure-better-auth.session_data=d; xbetter-auth.no=1; sid=9',
    },
    inkeep: { cookie: 'better-auth.session_token=ada.sig; __Secure-better-auth.session_data=d' },
    kataven: undefined,
  },
  {
    sends: 'a bearer and a session cookie',
    headers: { authorization: 'Bearer t-1', cookie: 'better-auth.session_token=ada' },
    inkeep: { authorization: 'Bearer t-1', cookie: 'better-auth.session_token=ada' },
    kataven: undefined,
  },
  { sends: 'other cookies alone', headers: { cookie: 'sid=9' }, inkeep: undefined, kataven: undefined },
  {
    sends: 'a Kataven key as the bearer',
    headers: { authorization: 'Bearer sk_live_acme_1' },
    inkeep: undefined,
    kataven: { authorization: 'Bearer sk_live_acme_1' },
  },
  {
    sends: 'a Kataven key as the bearer, and a session cookie',
    headers: { authorization: 'Bearer sk_live_acme_1', cookie: 'better-auth.session_token=ada' },
    inkeep: { cookie: 'better-auth.session_token=ada' },
    kataven: { authorization: 'Bearer sk_live_acme_1' },
  },
  {
    sends: 'a bearer for each',
    headers: { authorization: 'Bearer t-1', 'x-kataven-authorization': 'Bearer sk_live_acme_1' },
    inkeep: { authorization: 'Bearer t-1' },
    kataven: { authorization: 'Bearer sk_live_acme_1' },
  },
  {
    sends: 'a bearer for each, and an account',
    headers: { authorization: 'Bearer t-1', 'x-kataven-authorization': 'Bearer jwt', 'x-account-id': 'acme' },
    inkeep: { authorization: 'Bearer t-1' },
    kataven: { authorization: 'Bearer jwt', account: 'acme' },
  },
  {
    sends: 'two Kataven keys: the header of its own wins',
    headers: { authorization: 'Bearer sk_live_one', 'x-kataven-authorization': 'Bearer sk_live_two' },
    inkeep: undefined,
    kataven: { authorization: 'Bearer sk_live_two' },
  },
  {
    sends: 'a bearer with an account',
    headers: { authorization: 'Bearer jwt', 'x-account-id': 'acme' },
    inkeep: undefined,
    kataven: { authorization: 'Bearer jwt', account: 'acme' },
  },
  { sends: 'an account alone', headers: { 'x-account-id': 'acme' }, inkeep: undefined, kataven: undefined },
  {
    sends: 'a bearer and a ref',
    headers: { authorization: 'Bearer t-1', 'x-inkeep-ref': 'main' },
    inkeep: { authorization: 'Bearer t-1', ref: 'main' },
    kataven: undefined,
  },
  {
    sends: 'a Kataven key and a ref',
    headers: { authorization: 'Bearer sk_live_acme_1', 'x-inkeep-ref': 'main' },
    inkeep: undefined,
    kataven: { authorization: 'Bearer sk_live_acme_1' },
  },
];

describe.each(BOTH_CONFIGURED)('a caller that sends $sends', ({ headers, inkeep, kataven }) => {
  test('is known to each upstream by what is meant for it, and refused before a call where nothing is', async () => {
    const gateway = await startConfigured();
    const answer = await gateway.query(BOTH, {}, headers);
    expect({ inkeep: received(gateway, 'inkeep'), kataven: received(gateway, 'kataven') }).toEqual({ inkeep, kataven });
    expect(codesByField(answer)).toEqual({
      ...(inkeep ? {} : { projects: 'UNAUTHENTICATED' }),
      ...(kataven ? {} : { voiceAgents: 'UNAUTHENTICATED' }),
    });
  });
});

const FOR_BOTH = { authorization: 'Bearer t-1', 'x-kataven-authorization': 'Bearer sk_live_1' };

test.each([
  ['connectionParams', { params: FOR_BOTH }],
  ['headers of connectionParams', { params: { headers: FOR_BOTH } }],
  ['the headers of the upgrade', { headers: FOR_BOTH }],
  ['connectionParams, before the upgrade', { params: FOR_BOTH, headers: { authorization: 'Bearer other' } }],
])('over WebSocket each upstream receives its own credential from %s', async (_, presented) => {
  const gateway = await startConfigured();
  expect(await ask(createSocketClient(gateway.url, presented), BOTH)).not.toHaveProperty('errors');
  expect(received(gateway, 'inkeep')).toEqual({ authorization: 'Bearer t-1' });
  expect(received(gateway, 'kataven')).toEqual({ authorization: 'Bearer sk_live_1' });
});

test('nothing else of what a client sends reaches an upstream, except its trace context', async () => {
  const gateway = await startConfigured();
  await gateway.query(
    BOTH,
    {},
    {
      authorization: 'Bearer t-1',
      'x-kataven-authorization': 'Bearer sk_live_acme_1',
      cookie: 'sid=9',
      'x-forwarded-for': '203.0.113.9',
      'x-admin': 'true',
      'x-api-key': 'client-key',
      'user-agent': 'client/1.0',
      origin: 'https://app.example',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      baggage: 'user=client-baggage',
      b3: '80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1',
    },
  );
  for (const service of ['inkeep', 'kataven'] as const) {
    const [request] = gateway.sandbox[service].requests;
    const sent = JSON.stringify(request?.headers);
    expect(sent).not.toMatch(/sid=9|203\.0\.113\.9|x-admin|client|baggage|"b3"|80f198ee|app\.example/);
    expect(request?.headers.traceparent).toBe('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
    expect(sent).not.toContain(service === 'inkeep' ? 'sk_live' : 't-1');
  }
});

test.each([
  ['Authorization', 'projects', { authorization: 'Basic dTpw' }],
  ['Authorization', 'projects', { authorization: 'Bearer' }],
  ['Authorization', 'projects', { authorization: 'Bearer two words' }],
  ['Authorization', 'voiceAgents', { authorization: 'Basic dTpw', 'x-account-id': 'acme' }],
  ['X-Kataven-Authorization', 'voiceAgents', { 'x-kataven-authorization': 'sk_live_acme_1' }],
  ['X-Kataven-Authorization', 'voiceAgents', { 'x-kataven-authorization': 'Basic dTpw' }],
])('%s of another form than a bearer is UNAUTHENTICATED on %s, naming the header', async (header, field, headers) => {
  const gateway = await startConfigured();
  const { data, errors } = await gateway.query(`{ ${field} { totalCount } }`, {}, headers as Record<string, string>);
  expect(data).toEqual({ [field]: null });
  expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  expect(errors?.[0]?.message).toContain(`The ${header} header must be`);
  expect(errors?.[0]?.message).not.toMatch(/dTpw|acme|two words/);
  expect(gateway.sandbox.inkeep.count() + gateway.sandbox.kataven.count()).toBe(0);
});

test('the error for a missing credential says which header to send', async () => {
  const gateway = await startConfigured();
  const { errors } = await gateway.query(BOTH);
  expect(Object.fromEntries((errors ?? []).map(({ path, message }) => [path?.[0], message]))).toEqual({
    projects:
      'No credential for Inkeep. Send the header `Authorization: Bearer …`; over WebSocket, send it in `connectionParams`.',
    voiceAgents:
      'No credential for Kataven. Send the header `X-Kataven-Authorization: Bearer sk_live_…`; over WebSocket, send it in `connectionParams`.',
  });
});

test('a credential the upstream refuses is UNAUTHENTICATED there only', async () => {
  const gateway = await startConfigured();
  const headers = { authorization: 'Bearer expired', 'x-kataven-authorization': 'Bearer sk_live_acme_1' };
  const answer = await gateway.query(BOTH, {}, headers);
  expect(answer.data).toEqual({ projects: null, voiceAgents: { totalCount: 6 } });
  expect(codesByField(answer)).toEqual({ projects: 'UNAUTHENTICATED' });
});

describe('when only Kataven is configured', () => {
  test('Authorization of any token is Kataven’s', async () => {
    const gateway = await startConfigured({}, ['kataven']);
    const headers = { authorization: 'Bearer jwt', 'x-account-id': 'acme' };
    await gateway.query('{ voiceAgents { totalCount } }', {}, headers);
    expect(received(gateway, 'kataven')).toEqual({ authorization: 'Bearer jwt', account: 'acme' });
  });

  test('a token without an account goes to Kataven too', async () => {
    const gateway = await startConfigured({}, ['kataven']);
    await gateway.query('{ voiceAgents { totalCount } }', {}, { authorization: 'Bearer jwt' });
    expect(received(gateway, 'kataven')).toEqual({ authorization: 'Bearer jwt' });
  });

  test('Inkeep fields are UPSTREAM_NOT_CONFIGURED and the others answer', async () => {
    const gateway = await startConfigured({}, ['kataven']);
    const { data, errors } = await gateway.query(
      '{ project(tenantId: "default", projectId: "support-desk") { name } voiceAgents { totalCount } }',
      {},
      { authorization: 'Bearer sk_live_acme_1' },
    );
    expect(data).toEqual({ project: null, voiceAgents: { totalCount: 6 } });
    expect(errors).toMatchObject([{ path: ['project'], extensions: { code: 'UPSTREAM_NOT_CONFIGURED' } }]);
    expect(gateway.sandbox.inkeep.count()).toBe(0);
  });
});

test('Kataven fields are UPSTREAM_NOT_CONFIGURED when only Inkeep is, and its key goes nowhere', async () => {
  const gateway = await startConfigured({}, ['inkeep']);
  const answer = await gateway.query(BOTH, {}, { authorization: 'Bearer sk_live_acme_1' });
  expect(answer.data).toEqual({ projects: null, voiceAgents: null });
  expect(codesByField(answer)).toEqual({ projects: 'UNAUTHENTICATED', voiceAgents: 'UPSTREAM_NOT_CONFIGURED' });
  expect(gateway.sandbox.inkeep.count()).toBe(0);
});

test('a bearer that an account marks as Kataven’s never goes to Inkeep, even where Kataven is not configured', async () => {
  const gateway = await startConfigured({}, ['inkeep']);
  const answer = await gateway.query(BOTH, {}, { authorization: 'Bearer jwt', 'x-account-id': 'acme' });
  expect(codesByField(answer)).toEqual({ projects: 'UNAUTHENTICATED', voiceAgents: 'UPSTREAM_NOT_CONFIGURED' });
  expect(gateway.sandbox.inkeep.count()).toBe(0);
});

describe('with ANONYMOUS_USES_TOKENS', () => {
  const settings = {
    ANONYMOUS_USES_TOKENS: 'true',
    INKEEP_TOKEN: 'operators',
    KATAVEN_TOKEN: 'operators-jwt',
    KATAVEN_ACCOUNT_ID: 'operators-account',
  };

  test('a caller that presents nothing acts with the operator’s tokens', async () => {
    const gateway = await startConfigured(settings);
    const { errors } = await gateway.query(BOTH);
    expect(errors).toBeUndefined();
    expect(received(gateway, 'inkeep')).toEqual({ authorization: 'Bearer operators' });
    expect(received(gateway, 'kataven')).toEqual({
      authorization: 'Bearer operators-jwt',
      account: 'operators-account',
    });
  });

  test('a caller’s own credential is used, and the operator’s never besides it', async () => {
    const gateway = await startConfigured(settings);
    const headers = { authorization: 'Bearer mine', 'x-kataven-authorization': 'Bearer sk_live_mine' };
    await gateway.query(BOTH, {}, headers);
    expect(received(gateway, 'inkeep')).toEqual({ authorization: 'Bearer mine' });
    expect(received(gateway, 'kataven')).toEqual({ authorization: 'Bearer sk_live_mine' });
  });

  test('a caller cannot choose the account that the operator’s token is used for', async () => {
    const gateway = await startConfigured(settings);
    await gateway.query(BOTH, {}, { 'x-account-id': 'somebody-elses' });
    expect(received(gateway, 'kataven')).toEqual({
      authorization: 'Bearer operators-jwt',
      account: 'operators-account',
    });
  });

  test('a credential of another scheme is refused, not replaced by the operator’s', async () => {
    const gateway = await startConfigured(settings);
    const answer = await gateway.query('{ projects { totalCount } }', {}, { authorization: 'Basic dTpw' });
    expect(codesByField(answer)).toEqual({ projects: 'UNAUTHENTICATED' });
    expect(gateway.sandbox.inkeep.count()).toBe(0);
  });
});

test('tokens in the settings serve nobody unless the operator says so', async () => {
  const gateway = await startConfigured({ INKEEP_TOKEN: 'operators', KATAVEN_TOKEN: 'sk_live_operators' });
  const answer = await gateway.query(BOTH);
  expect(codesByField(answer)).toEqual({ projects: 'UNAUTHENTICATED', voiceAgents: 'UNAUTHENTICATED' });
  expect(gateway.sandbox.inkeep.count() + gateway.sandbox.kataven.count()).toBe(0);
});

test('in the sandbox a caller without a credential acts as the sandbox’s own user', async () => {
  const gateway = await startGateway();
  const { errors } = await gateway.query(BOTH);
  expect(errors).toBeUndefined();
  expect(received(gateway, 'inkeep')).toEqual({ authorization: 'Bearer sandbox' });
});

test('an answer holds no credential, whatever went wrong', async () => {
  const gateway = await startConfigured();
  gateway.sandbox.inkeep.fault({ kind: 'status', status: 500, count: 9 });
  gateway.sandbox.kataven.fault({ kind: 'badjson', count: 9 });
  const headers = { authorization: 'Bearer secret-one', 'x-kataven-authorization': 'Bearer sk_live_secret-two' };
  const answer = await gateway.query(BOTH, {}, { ...headers, 'x-gateway-report': '1' });
  expect(answer.errors).toHaveLength(2);
  expect(JSON.stringify(answer)).not.toMatch(/secret-one|secret-two|sk_live/);
});
