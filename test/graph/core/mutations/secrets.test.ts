import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../../../src/config/load-config.js';
import { createGateway } from '../../../../src/gateway.js';
import { addressOf } from '../../../../src/sandbox/address.js';
import { startSandbox } from '../../../../src/sandbox/index.js';
import type { FaultInput } from '../../../../src/sandbox/traffic/faults.js';

const id = (text: string): string => Buffer.from(text).toString('base64url');

/** Part of every value that must not appear again. */
const SECRET = 'hunter2';

/** A gateway whose log is kept, at the lowest level. */
async function startLogged() {
  const sandbox = await startSandbox({ story: false, discoveryMs: 5, flipMs: 0 });
  onTestFinished(() => sandbox.close());
  sandbox.inkeep.addProject({ id: 'shop' });
  sandbox.inkeep.addAgent({ id: 'helper' });
  sandbox.inkeep.addSubAgent({ id: 'front' });
  sandbox.inkeep.addTool({ id: 'search' });
  sandbox.kataven.addAgent({ id: 'agent_1' });
  sandbox.kataven.addTool({ id: 'tool_1', name: 'take_message' });
  const lines: string[] = [];
  const stream = new PassThrough().on('data', (chunk) => lines.push(String(chunk)));
  const log = pino({ level: 'trace' }, stream);
  const gateway = createGateway(loadConfig({ SANDBOX: 'true' }), log, addressOf(sandbox));
  onTestFinished(() => gateway.close());
  const { url } = await gateway.listen('127.0.0.1', 0);
  const send = async (query: string, variables: object = {}): Promise<string> => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${SECRET}-inkeep`,
        'x-kataven-authorization': `Bearer sk_live_${SECRET}`,
      },
      body: JSON.stringify({ query, variables }),
    });
    return response.text();
  };
  const logged = async (): Promise<string> => {
    stream.end();
    await once(stream, 'end');
    return lines.join('');
  };
  return { sandbox, send, logged };
}

const TOOL_ERRORS = '{ __typename ... on InvalidInputError { message issues { path message } } }';

/** Mutations that succeed, with a secret in every place that can hold one. */
const MUTATIONS: [string, string, object][] = [
  [
    'create-tool',
    `mutation ($input: CreateToolInput!) { createTool(input: $input) ${TOOL_ERRORS} }`,
    {
      project: id('Project:default/shop'),
      name: 'A',
      config: {
        url: 'https://a.example',
        transport: {
          type: 'SSE',
          requestInit: { headers: { a: `${SECRET}-a` } },
          eventSourceInit: { b: `${SECRET}-b` },
        },
      },
      headers: { 'X-Key': `${SECRET}-c` },
    },
  ],
  [
    'update-tool',
    `mutation ($input: UpdateToolInput!) { updateTool(input: $input) ${TOOL_ERRORS} }`,
    { id: id('Tool:default/shop/search'), headers: { 'X-Key': `${SECRET}-d` } },
  ],
  [
    'create-subagent-tool-relation',
    `mutation ($input: AttachToolToSubAgentInput!) { attachToolToSubAgent(input: $input) ${TOOL_ERRORS} }`,
    {
      subAgent: id('SubAgent:default/shop/helper/front'),
      tool: id('Tool:default/shop/search'),
      headers: { 'X-Key': `${SECRET}-e` },
    },
  ],
  [
    'upsert-agent-tool',
    `mutation ($input: AttachToolToVoiceAgentInput!) { attachToolToVoiceAgent(input: $input) ${TOOL_ERRORS} }`,
    { agent: id('VoiceAgent:agent_1'), toolName: 'take_message', config: { pin: `${SECRET}-f` } },
  ],
  [
    'update-tool',
    `mutation ($input: UpdateVoiceToolInput!) { updateVoiceTool(input: $input) ${TOOL_ERRORS} }`,
    { id: id('VoiceTool:tool_1'), implementationConfig: { auth: `${SECRET}-g` }, implementationCode: `${SECRET}-h` },
  ],
];

/** A message of an upstream that repeats everything that was sent to it. */
const ECHO = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((letter) => `${SECRET}-${letter}`).join(' ');

const FAILURES: [string, Omit<FaultInput, 'operation'>][] = [
  ['succeeds', { kind: 'slow', bodyMs: 1 }],
  ['fails with a text', { kind: 'status', status: 500, body: ECHO }],
  ['is rejected with text', { kind: 'status', status: 422, body: { detail: ECHO } }],
  [
    'is rejected with an issue that repeats the value',
    {
      kind: 'status',
      status: 400,
      headers: { 'content-type': 'application/json' },
      body: {
        error: { name: 'ZodError', message: JSON.stringify([{ path: ['headers'], message: `Not allowed: ${ECHO}` }]) },
      },
    },
  ],
  ['is answered with broken JSON', { kind: 'badjson' }],
  ['is cut off', { kind: 'truncate' }],
  ['loses its connection', { kind: 'reset' }],
];

const CASES = MUTATIONS.flatMap(([operation, document, input]) =>
  FAILURES.map(([what, fault]) => ({ operation, field: /\{ (\w+)/.exec(document)?.[1], document, input, what, fault })),
);

test.each(CASES)('no secret is in the response or the log if $field $what', async (one) => {
  const { sandbox, send, logged } = await startLogged();
  sandbox.inkeep.fault({ ...one.fault, operation: one.operation });
  sandbox.kataven.fault({ ...one.fault, operation: one.operation });
  expect(await send(one.document, { input: one.input })).not.toContain(SECRET);
  expect(sandbox.inkeep.count(one.operation) + sandbox.kataven.count(one.operation)).toBe(1);
  const log = await logged();
  expect(log).toContain(`"operation":"${one.operation}"`);
  expect(log).not.toContain(SECRET);
});

test('no secret is in the response or the log if the gateway rejects the input', async () => {
  const { sandbox, send, logged } = await startLogged();
  const answer = await send(MUTATIONS[1]?.[1] ?? '', {
    input: {
      id: `${SECRET}-id`,
      headers: { Lines: `${SECRET}\nmore`, Long: SECRET.repeat(200), 'bad name': SECRET },
      config: { url: `${SECRET} is no url` },
      imageUrl: SECRET,
      credentialReferenceId: SECRET.repeat(50),
    },
  });
  expect(answer).toContain('InvalidInputError');
  expect(answer).not.toContain(SECRET);
  expect(sandbox.inkeep.count()).toBe(0);
  expect(await logged()).not.toContain(SECRET);
});

test('no part of a secret is shown if a message that repeats it is cut', async () => {
  const { sandbox, send } = await startLogged();
  const secret = `${SECRET}${'x'.repeat(500)}`;
  sandbox.inkeep.fault({
    kind: 'status',
    status: 400,
    operation: 'update-tool',
    headers: { 'content-type': 'application/json' },
    body: { error: { name: 'ZodError', message: JSON.stringify([{ path: ['headers'], message: `No: ${secret}` }]) } },
  });
  const input = { id: id('Tool:default/shop/search'), headers: { 'X-Key': secret } };
  const answer = await send(MUTATIONS[1]?.[1] ?? '', { input });
  expect(answer).toContain('The upstream did not accept this value.');
  expect(answer).not.toContain(SECRET);
});

test.each([
  ['its end', 'Bearer 4f9a8b7c6d5e', 'Not allowed: 4f9a8b7c6d5e'],
  ['its middle', 'Bearer 4f9a8b7c6d5e1a2b', 'Not allowed: …9a8b7c6d…'],
  ['a short secret', 'k-17', 'Not allowed: k-17'],
])('a message of the upstream that repeats %s is not shown', async (_, secret, said) => {
  const { sandbox, send } = await startLogged();
  const message = JSON.stringify([{ path: ['headers'], message: said }]);
  sandbox.inkeep.fault({
    kind: 'status',
    status: 400,
    operation: 'update-tool',
    headers: { 'content-type': 'application/json' },
    body: { error: { name: 'ZodError', message } },
  });
  const input = { id: id('Tool:default/shop/search'), headers: { 'X-Key': secret } };
  const answer = await send(MUTATIONS[1]?.[1] ?? '', { input });
  expect(answer).toContain('The upstream did not accept this value.');
  expect(answer).not.toContain('Not allowed');
});

test('a message of the upstream that repeats no secret is shown', async () => {
  const { sandbox, send } = await startLogged();
  const message = JSON.stringify([{ path: ['headers'], message: 'Not allowed here' }]);
  sandbox.inkeep.fault({
    kind: 'status',
    status: 400,
    operation: 'update-tool',
    headers: { 'content-type': 'application/json' },
    body: { error: { name: 'ZodError', message } },
  });
  const [, document, input] = MUTATIONS[1] ?? [];
  expect(await send(document ?? '', { input })).toContain('Not allowed here');
});
