import { expect, test } from 'vitest';
import { startGateway } from '../../support/gateway.js';
import { callerNamed, getTool, startClient, startUpstream } from '../../support/scripted-upstream.js';
import { connect } from '../../support/sockets.js';
import { labTools, startStatus } from '../../support/status.js';

const TWO_READS = '{ projects { nodes { name } } voiceAgents { nodes { name } } }';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

test('both upstreams get the x-request-id that the caller sent', async () => {
  const { query, sandbox } = await startGateway();
  const { errors } = await query(TWO_READS, {}, { 'x-request-id': 'from-the-caller' });
  expect(errors).toBeUndefined();
  const requests = [...sandbox.inkeep.requests, ...sandbox.kataven.requests];
  expect(requests.map(({ headers }) => headers['x-request-id'])).toEqual(['from-the-caller', 'from-the-caller']);
});

test('without one from the caller, the upstream gets the x-request-id of the answer', async () => {
  const { url, sandbox } = await startGateway();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: TWO_READS }),
  });
  const requestId = response.headers.get('x-request-id');
  expect(requestId).toMatch(UUID);
  const requests = [...sandbox.inkeep.requests, ...sandbox.kataven.requests];
  expect(requests.map(({ headers }) => headers['x-request-id'])).toEqual([requestId, requestId]);
});

test('an error names the upstream request by the same id', async () => {
  const { query, sandbox } = await startGateway();
  sandbox.inkeep.fault({ kind: 'status', status: 500 });
  const { errors } = await query('{ projects { nodes { name } } }', {}, { 'x-request-id': 'from-the-caller' });
  expect(errors?.[0]?.extensions).toMatchObject({ upstream: { requestId: 'from-the-caller' } });
});

test('a write sends it too', async () => {
  const { query, sandbox } = await startGateway();
  const mutation = `mutation { createVoiceTool(input: { name: "new_tool", implementationType: "http" }) { __typename } }`;
  await query(mutation, {}, { 'x-request-id': 'from-the-caller' });
  const writes = sandbox.kataven.requests.filter(({ method }) => method === 'POST');
  expect(writes.map(({ headers }) => headers['x-request-id'])).toEqual(['from-the-caller']);
});

test('over WebSocket the upstream gets the id of the upgrade with the number of the operation', async () => {
  const { url, sandbox } = await startGateway();
  const client = await connect(url, { headers: { 'x-request-id': 'socket' }, params: {} });
  client.send({ type: 'subscribe', id: 'a', payload: { query: '{ voiceAgents { nodes { name } } }' } });
  await client.next();
  expect(sandbox.kataven.requests.map(({ headers }) => headers['x-request-id'])).toEqual(['socket:1']);
});

test('the polls of a watch carry the id of the subscription that began it', async () => {
  const gateway = await startStatus();
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const stream = await gateway.subscribe({ tools: labTools('desk') }, { headers: { 'x-request-id': 'the-watcher' } });
  await stream.next();
  await gateway.asked('get-tool', 1);
  const ids = gateway.sandbox.inkeep.requests.map(({ headers }) => headers['x-request-id']);
  expect(new Set(ids)).toEqual(new Set(['the-watcher']));
});

test('a read that is sent again keeps its id', async () => {
  const upstream = await startUpstream((_, response) => response.writeHead(503).end());
  const { answer } = startClient(upstream.url).request(callerNamed('alice'), getTool('t1'), { requestId: 'the-one' });
  await expect(answer).rejects.toThrow('after 2 retries');
  expect(upstream.requests.map(({ headers }) => headers['x-request-id'])).toEqual(['the-one', 'the-one', 'the-one']);
});
