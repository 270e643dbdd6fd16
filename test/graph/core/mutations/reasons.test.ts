import { describe, expect, test } from 'vitest';
import { startGateway } from '../../../support/gateway.js';

const id = (text: string): string => Buffer.from(text).toString('base64url');

const INVALID = '... on InvalidInputError { code path issues { path message } }';

async function startShop() {
  const gateway = await startGateway({ story: false });
  const { inkeep, kataven } = gateway.sandbox;
  inkeep.addProject({ id: 'shop' });
  inkeep.addTool({ id: 'search', imageUrl: 'https://shop.example/search.png' });
  inkeep.addUserCredential({ toolId: 'search', id: 'known' });
  kataven.addAgent({ id: 'agent_1' });
  kataven.addTool({ id: 'tool_1', name: 'take_message' });
  return gateway;
}

const create = (fields: string) => `mutation {
  createTool(input: { project: "${id('Project:default/shop')}", name: "Orders", config: { url: "https://a.example" } ${fields} }) {
    ... on CreateToolPayload { tool { credentialReferenceId imageUrl } } ${INVALID}
  }
}`;

const update = (fields: string) => `mutation {
  updateTool(input: { id: "${id('Tool:default/shop/search')}" ${fields} }) {
    ... on UpdateToolPayload { tool { credentialReferenceId imageUrl } } ${INVALID}
  }
}`;

describe.each([
  ['createTool', create],
  ['updateTool', update],
])('%s', (field, mutation) => {
  test.each(['unknown', '../../secrets'])(
    'names credentialReferenceId if there is no credential %s',
    async (unknown) => {
      const gateway = await startShop();
      const { data, errors } = await gateway.query(mutation(`credentialReferenceId: "${unknown}"`));
      expect(errors).toBeUndefined();
      expect(data[field]).toEqual({
        code: 'INVALID_INPUT',
        path: ['credentialReferenceId'],
        issues: [{ path: ['credentialReferenceId'], message: 'The project has no credential with this id.' }],
      });
    },
  );

  test('accepts an existing credential without a further call', async () => {
    const gateway = await startShop();
    const { data } = await gateway.query(mutation('credentialReferenceId: "known"'));
    expect(data[field].tool.credentialReferenceId).toBe('known');
    expect(gateway.calls()).not.toHaveProperty('get-credential-by-id');
  });

  test.each([
    ['the credential exists', 'known', []],
    [
      'the credential cannot be read',
      'unknown',
      [{ kind: 'status', operation: 'get-credential-by-id', count: 9 } as const],
    ],
  ])('returns UPSTREAM_UNAVAILABLE for a 500 if %s', async (_, credential, faults) => {
    const gateway = await startShop();
    gateway.sandbox.inkeep.fault({
      kind: 'status',
      status: 500,
      operation: field === 'createTool' ? 'create-tool' : 'update-tool',
    });
    for (const fault of faults) gateway.sandbox.inkeep.fault(fault);
    const { errors } = await gateway.query(mutation(`credentialReferenceId: "${credential}"`));
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
  });

  test('treats an empty imageUrl as no image', async () => {
    const gateway = await startShop();
    const { data, errors } = await gateway.query(mutation('imageUrl: ""'));
    expect(errors).toBeUndefined();
    expect(data[field].tool.imageUrl).toBeNull();
  });
});

test.each([
  ['a URL', 'see http://10.0.0.7:8080/admin?key=1 for more', 'see [address] for more'],
  ['hosts', 'db-1.internal and db:5432 and 10.0.0.7 refused it', '[address] and [address] and [address] refused it'],
  ['an address across the cut', `${'x'.repeat(195)} db-1.internal`, `${'x'.repeat(195)} [add`],
])('replaces %s in the message of an Inkeep field', async (_, message, shown) => {
  const gateway = await startShop();
  const issues = JSON.stringify([{ path: ['imageUrl'], message }]);
  const body = { error: { name: 'ZodError', message: issues } };
  gateway.sandbox.inkeep.fault({ kind: 'status', status: 400, operation: 'update-tool', body });
  const { data } = await gateway.query(update('name: "Search"'));
  expect(data.updateTool.issues).toEqual([{ path: ['imageUrl'], message: shown }]);
});

describe('a rejection in plain text', () => {
  const ATTACH = `mutation ($config: JSONObject) {
    attachToolToVoiceAgent(input: { agent: "${id('VoiceAgent:agent_1')}", toolName: "take_message", config: $config }) {
      __typename ${INVALID}
    }
  }`;
  const NO_REASON = 'The upstream did not accept the input and gave no reason.';

  test.each([
    ['as JSON', '"config.urgency: must be low or high"', 'config.urgency: must be low or high'],
    ['as text', 'unknown setting at 12:30:45', 'unknown setting at 12:30:45'],
    ['in several lines', 'bad\n\tconfig\u0007', 'bad config'],
    ['at length', 'x'.repeat(5000), 'x'.repeat(300)],
    ['with a URL', 'see http://10.0.0.7:8080/admin?key=1 for more', 'see [address] for more'],
    [
      'with hosts',
      'db-1.internal and db:5432 and 10.0.0.7 refused it',
      '[address] and [address] and [address] refused it',
    ],
    ['with an IPv6 address', 'no route to [fe80::1:2:3]:80 now', 'no route to [address] now'],
    ['as a web page', '<html>no</html>', NO_REASON],
    ['as an object', '{"error":"no"}', NO_REASON],
    ['empty', '', NO_REASON],
  ])('%s is the message of InvalidInputError', async (_, body, message) => {
    const gateway = await startShop();
    gateway.sandbox.kataven.fault({ kind: 'status', status: 400, operation: 'upsert-agent-tool', body });
    const { data, errors } = await gateway.query(ATTACH, { config: { a: 1 } });
    expect(errors).toBeUndefined();
    expect(data.attachToolToVoiceAgent.issues).toEqual([{ path: [], message }]);
  });

  test('that repeats a value of the input is not shown', async () => {
    const gateway = await startShop();
    const body = 'config.key "hunter2-secret" is not accepted';
    gateway.sandbox.kataven.fault({ kind: 'status', status: 400, operation: 'upsert-agent-tool', body });
    const { data } = await gateway.query(ATTACH, { config: { key: 'hunter2-secret' } });
    expect(data.attachToolToVoiceAgent.issues).toEqual([{ path: [], message: NO_REASON }]);
  });
});
