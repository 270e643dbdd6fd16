import { expect, test } from 'vitest';
import { startGateway } from '../../support/gateway.js';
import { AGENT, ATTACH, startRawKataven } from '../../support/raw-kataven.js';
import { startUpstream } from '../../support/scripted-upstream.js';
import { ask, connect, createSocketClient } from '../../support/sockets.js';

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const LIMIT = 'JSON is nested more than 500 levels deep.';

test.each([500])('JSON of %i levels is kept, in variables and in answers', async (levels) => {
  const kataven = await startRawKataven();
  const answer = await kataven.send(ATTACH, `{"a":"${AGENT}","c":${nested(levels)}}`);
  expect(answer).toContain(`"agentTool":{"config":${nested(levels)}}`);
  expect(kataven.bodies[0]).toContain(nested(levels));
});

test.each([501, 2_000, 100_000])('JSON of %i levels in variables is BAD_USER_INPUT', async (levels) => {
  const kataven = await startRawKataven();
  const answer = JSON.parse(await kataven.send(ATTACH, `{"a":"${AGENT}","c":${nested(levels)}}`));
  expect(answer.errors).toMatchObject([{ message: `Variable "$c": ${LIMIT}`, extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(kataven.requests).toHaveLength(0);
});

test('deep JSON inside an input object is refused with its place', async () => {
  const kataven = await startRawKataven();
  const query = 'mutation ($i: AttachToolToVoiceAgentInput!) { attachToolToVoiceAgent(input: $i) { __typename } }';
  const input = `{"agent":"${AGENT}","toolName":"t1","config":${nested(2_000)}}`;
  const answer = JSON.parse(await kataven.send(query, `{"i":${input}}`));
  expect(answer.errors).toMatchObject([{ message: `Variable "$i" at "config": ${LIMIT}` }]);
});

test('deep JSON with a number that no double holds is BAD_USER_INPUT too', async () => {
  const kataven = await startRawKataven();
  const variables = `{"a":"${AGENT}","c":${nested(50_000).replace(':1}', ':1e400}')}}`;
  expect(JSON.parse(await kataven.send(ATTACH, variables)).errors).toMatchObject([
    { message: 'The request body is nested too deeply.', extensions: { code: 'BAD_USER_INPUT' } },
  ]);
});

test.each([501, 1_200, 2_400])('a literal of %i levels is BAD_USER_INPUT', async (levels) => {
  const kataven = await startRawKataven();
  const literal = nested(levels).replaceAll('"', '');
  const query = ATTACH.replace('config: $c', `config: ${literal}`).replace(', $c: JSONObject', '');
  const { errors } = JSON.parse(await kataven.send(query, `{"a":"${AGENT}"}`));
  expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(errors[0].message).toMatch(/nested (more than 500 levels deep|too deeply)/);
});

const READ = `{ node(id: "${Buffer.from('VoiceAgentTool:a1/t1').toString('base64url')}") {
  ... on VoiceAgentTool { toolName enabled config }
} }`;

test.each([501, 4_500, 200_000])('JSON of %i levels in an upstream answer fails that field alone', async (levels) => {
  const kataven = await startRawKataven(nested(levels));
  const { data, errors } = JSON.parse(await kataven.send(READ));
  expect(data).toEqual({ node: { toolName: 't1', enabled: true, config: null } });
  expect(errors).toMatchObject([{ path: ['node', 'config'], extensions: { code: 'UPSTREAM_BAD_RESPONSE' } }]);
});

test('a row that is too deep to be sent back is not written, and one that is replaced is', async () => {
  const kataven = await startRawKataven(nested(4_500));
  const disable = ATTACH.replace('config: $c', 'enabled: false').replace(', $c: JSONObject', '');
  const { errors } = JSON.parse(await kataven.send(disable, `{"a":"${AGENT}"}`));
  expect(errors).toMatchObject([
    {
      path: ['attachToolToVoiceAgent'],
      extensions: { code: 'UPSTREAM_BAD_RESPONSE', upstream: { service: 'kataven' } },
    },
  ]);
  expect(errors[0].message).not.toContain('unknown');
  expect(kataven.bodies).toEqual([]);
  expect(await kataven.send(ATTACH, `{"a":"${AGENT}","c":{}}`)).toContain('"outcome":"UPDATED"');
});

test('deep JSON does not close the WebSocket it came or went by', async () => {
  const kataven = await startRawKataven(nested(4_500));
  const client = createSocketClient(kataven.url, { params: { authorization: 'Bearer sk_live_1' } });
  await expect(ask(client, ATTACH, { a: AGENT, c: JSON.parse(nested(2_000)) })).rejects.toMatchObject([
    { message: `Variable "$c": ${LIMIT}` },
  ]);
  expect(await ask(client, READ)).toMatchObject({ errors: [{ extensions: { code: 'UPSTREAM_BAD_RESPONSE' } }] });
  expect(await ask(client, '{ __typename }')).toEqual({ data: { __typename: 'Query' } });
});

test('a ping with deep JSON closes its own socket and no other', async () => {
  const kataven = await startRawKataven();
  const other = await connect(kataven.url, { params: {} });
  const client = await connect(kataven.url, { params: {} });
  client.send(`{"type":"ping","payload":${nested(20_000)}}`);
  expect(await client.closed).toEqual({ code: 4400, reason: 'Invalid message received' });
  other.send({ type: 'ping' });
  expect(await other.next()).toEqual({ type: 'pong' });
});

test('a total that is no Int is UPSTREAM_BAD_RESPONSE', async () => {
  const upstream = await startUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"tools":[],"total":3000000000}');
  });
  const gateway = await startGateway({ story: false }, { SANDBOX: 'false', KATAVEN_URL: upstream.url });
  const { errors } = await gateway.query('{ voiceTools { totalCount } }', {}, { authorization: 'Bearer sk_live_1' });
  expect(errors).toMatchObject([{ path: ['voiceTools'], extensions: { code: 'UPSTREAM_BAD_RESPONSE' } }]);
});
