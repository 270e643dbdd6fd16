import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../../../src/config/load-config.js';
import { createGateway } from '../../../../src/gateway.js';
import { createLogger } from '../../../../src/log.js';
import { startSandbox } from '../../../../src/sandbox/index.js';
import type { FaultInput } from '../../../../src/sandbox/traffic/faults.js';
import { type GatewayOptions, startGateway, type TestGateway } from '../../../support/gateway.js';

const id = (text: string): string => Buffer.from(text).toString('base64url');

interface Mutation {
  /** The upstream operation that writes. */
  readonly write: string;
  readonly upstream: 'inkeep' | 'kataven';
  readonly input: object;
}

/** One call of every mutation, each of which succeeds on the shop and the clinic below. */
const MUTATIONS: Readonly<Record<string, Mutation>> = {
  createTool: {
    write: 'create-tool',
    upstream: 'inkeep',
    input: { project: id('Project:default/shop'), toolId: 'mine', name: 'A', config: { url: 'https://a.example' } },
  },
  updateTool: {
    write: 'update-tool',
    upstream: 'inkeep',
    input: { id: id('Tool:default/shop/search'), name: 'A' },
  },
  deleteTool: { write: 'delete-tool', upstream: 'inkeep', input: { id: id('Tool:default/shop/search') } },
  attachToolToSubAgent: {
    write: 'create-subagent-tool-relation',
    upstream: 'inkeep',
    input: { subAgent: id('SubAgent:default/shop/helper/back'), tool: id('Tool:default/shop/search') },
  },
  updateSubAgentToolRelation: {
    write: 'update-subagent-tool-relation',
    upstream: 'inkeep',
    input: { id: id('SubAgentToolRelation:default/shop/helper/given'), selectedTools: ['find'] },
  },
  detachToolFromSubAgent: {
    write: 'delete-subagent-tool-relation',
    upstream: 'inkeep',
    input: { id: id('SubAgentToolRelation:default/shop/helper/given') },
  },
  attachToolToVoiceAgent: {
    write: 'upsert-agent-tool',
    upstream: 'kataven',
    input: { agent: id('VoiceAgent:agent_1'), toolName: 'take_message' },
  },
  createVoiceTool: {
    write: 'create-tool',
    upstream: 'kataven',
    input: { name: 'look_up', category: 'custom' },
  },
  updateVoiceTool: {
    write: 'update-tool',
    upstream: 'kataven',
    input: { id: id('VoiceTool:tool_1'), description: 'A' },
  },
  deleteVoiceTool: { write: 'delete-tool', upstream: 'kataven', input: { id: id('VoiceTool:tool_1') } },
};

const EVERY = Object.entries(MUTATIONS).map(([field, mutation]) => ({ field, ...mutation }));

async function startBoth(options: GatewayOptions = {}): Promise<TestGateway> {
  const gateway = await startGateway({ story: false }, {}, options);
  const { inkeep, kataven } = gateway.sandbox;
  inkeep.addProject({ id: 'shop' });
  inkeep.addAgent({ id: 'helper' });
  inkeep.addSubAgent({ id: 'front' });
  inkeep.addSubAgent({ id: 'back' });
  inkeep.addTool({ id: 'search', name: 'Search' });
  inkeep.addRelation({ id: 'given', subAgentId: 'front', toolId: 'search' });
  kataven.addAgent({ id: 'agent_1' });
  kataven.addTool({ id: 'tool_1', name: 'take_message' });
  return gateway;
}

function documentOf(field: string): string {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  return `mutation ($input: ${type}!) { ${field}(input: $input) { __typename ... on UserError { code path } } }`;
}

const UNKNOWN = 'Whether the change was made is unknown: check before you repeat it.';

describe('a write that fails upstream', () => {
  const failures: [string, Partial<FaultInput> & Pick<FaultInput, 'kind'>, string][] = [
    ['gets a 500', { kind: 'status', status: 500 }, 'UPSTREAM_UNAVAILABLE'],
    ['gets a 503', { kind: 'status', status: 503 }, 'UPSTREAM_UNAVAILABLE'],
    ['gets HTML from a proxy', { kind: 'html' }, 'UPSTREAM_UNAVAILABLE'],
    ['loses its connection', { kind: 'reset' }, 'UPSTREAM_UNAVAILABLE'],
    [
      'is redirected',
      { kind: 'status', status: 302, headers: { location: 'https://login.example' } },
      'UPSTREAM_BAD_RESPONSE',
    ],
  ];
  const cases = EVERY.flatMap((mutation) =>
    failures.map(([what, fault, code]) => ({ what, fault, code, ...mutation })),
  );

  test.each(cases)(
    '$field that $what fails as $code, is sent once, and says that the outcome is unknown',
    async (one) => {
      const gateway = await startBoth();
      const upstream = gateway.sandbox[one.upstream];
      upstream.fault({ ...one.fault, operation: one.write, count: 10 });
      const { data, errors } = await gateway.query(documentOf(one.field), { input: one.input });
      expect(data).toEqual({ [one.field]: null });
      expect(errors).toMatchObject([
        {
          path: [one.field],
          extensions: { code: one.code, upstream: { service: one.upstream, operation: one.write } },
        },
      ]);
      expect(errors?.[0]?.message).toContain(UNKNOWN);
      expect(upstream.count(one.write)).toBe(1);
    },
  );
});

describe('an upstream that rejects the caller', () => {
  test.each(EVERY)(
    '$field: 401 is UNAUTHENTICATED, and the write is sent once',
    async ({ field, input, write, upstream }) => {
      const gateway = await startBoth();
      gateway.sandbox[upstream].fault({ kind: 'status', status: 401, operation: write, count: 10 });
      const { data, errors } = await gateway.query(documentOf(field), { input });
      expect(data).toEqual({ [field]: null });
      expect(errors).toMatchObject([{ path: [field], extensions: { code: 'UNAUTHENTICATED' } }]);
      expect(errors?.[0]?.message).not.toContain(UNKNOWN);
      expect(gateway.sandbox[upstream].count(write)).toBe(1);
    },
  );

  test.each(EVERY)('$field: 403 is a ForbiddenError', async ({ field, input, write, upstream }) => {
    const gateway = await startBoth();
    gateway.sandbox[upstream].fault({ kind: 'status', status: 403, operation: write });
    const { data, errors } = await gateway.query(documentOf(field), { input });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ [field]: { __typename: 'ForbiddenError', code: 'FORBIDDEN', path: null } });
  });

  test.each(EVERY)('$field: 409 is a ConflictError', async ({ field, input, write, upstream }) => {
    const gateway = await startBoth();
    gateway.sandbox[upstream].fault({ kind: 'status', status: 409, operation: write });
    const { data, errors } = await gateway.query(documentOf(field), { input });
    expect(errors).toBeUndefined();
    expect(data[field]).toMatchObject({ __typename: 'ConflictError', code: 'CONFLICT' });
  });

  test.each(EVERY)('$field: 429 is RATE_LIMITED, with the seconds to wait', async (one) => {
    const gateway = await startBoth();
    const upstream = gateway.sandbox[one.upstream];
    upstream.fault({ kind: 'status', status: 429, headers: { 'retry-after': '7' }, operation: one.write, count: 10 });
    const { data, errors } = await gateway.query(documentOf(one.field), { input: one.input });
    expect(data).toEqual({ [one.field]: null });
    expect(errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED', retryAfter: 7 } }]);
    expect(upstream.count(one.write)).toBe(1);
  });

  test.each(EVERY)('$field: a missing credential is UNAUTHENTICATED, and nothing is sent', async (one) => {
    const sandbox = await startSandbox({ story: false });
    onTestFinished(() => sandbox.close());
    const config = loadConfig({
      LOG_LEVEL: 'silent',
      INKEEP_URL: sandbox.inkeep.url,
      INKEEP_TENANT_ID: 'default',
      KATAVEN_URL: sandbox.kataven.url,
    });
    const gateway = createGateway(config, createLogger('silent'));
    onTestFinished(() => gateway.close());
    const { url } = await gateway.listen('127.0.0.1', 0);
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: documentOf(one.field), variables: { input: one.input } }),
    });
    expect(await response.json()).toMatchObject({
      data: { [one.field]: null },
      errors: [{ path: [one.field], extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(sandbox.inkeep.count() + sandbox.kataven.count()).toBe(0);
  });
});

describe('a failed read before the write', () => {
  test.each([
    ['createTool', 'list-tools'],
    ['attachToolToSubAgent', 'list-subagent-tool-relations'],
    ['updateSubAgentToolRelation', 'get-subagent-tool-relation'],
    ['detachToolFromSubAgent', 'get-subagent-tool-relation'],
    ['attachToolToVoiceAgent', 'list-agent-tools'],
    ['createVoiceTool', 'get-tool'],
  ])('%s: the error does not say that the outcome is unknown', async (field, operation) => {
    const gateway = await startBoth();
    const { input, write, upstream } = MUTATIONS[field] as Mutation;
    gateway.sandbox[upstream].fault({ kind: 'status', status: 500, operation, count: 10 });
    const { data, errors } = await gateway.query(documentOf(field), { input });
    expect(data).toEqual({ [field]: null });
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_UNAVAILABLE', upstream: { operation } } }]);
    expect(errors?.[0]?.message).not.toContain(UNKNOWN);
    expect(gateway.sandbox[upstream].count(write)).toBe(0);
  });
});

test('a write that times out is sent once, and its error says that the outcome is unknown', async () => {
  const gateway = await startBoth({ limits: { upstream: { plainDeadlineMs: 500 } } });
  const { inkeep } = gateway.sandbox;
  inkeep.fault({ kind: 'hang', operation: 'create-subagent-tool-relation', count: 10 });
  const { input } = MUTATIONS.attachToolToSubAgent as Mutation;
  const { data, errors } = await gateway.query(documentOf('attachToolToSubAgent'), { input });
  expect(data).toEqual({ attachToolToSubAgent: null });
  expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_TIMEOUT' } }]);
  expect(errors?.[0]?.message).toContain(UNKNOWN);
  expect(inkeep.count('create-subagent-tool-relation')).toBe(1);
});

test('the outcome of a 500 is unknown if the duplicate cannot be read', async () => {
  const gateway = await startBoth();
  const { inkeep } = gateway.sandbox;
  inkeep.fault({ kind: 'status', status: 500, operation: 'create-subagent-tool-relation' });
  inkeep.fault({ kind: 'status', status: 429, operation: 'list-subagent-tool-relations', skip: 1, count: 10 });
  const { input } = MUTATIONS.attachToolToSubAgent as Mutation;
  const { errors } = await gateway.query(documentOf('attachToolToSubAgent'), { input });
  expect(errors).toMatchObject([
    { extensions: { code: 'UPSTREAM_UNAVAILABLE', upstream: { operation: 'create-subagent-tool-relation' } } },
  ]);
  expect(errors?.[0]?.message).toContain(UNKNOWN);
});
