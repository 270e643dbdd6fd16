import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { createGateway } from '../../src/gateway.js';
import { createLogger } from '../../src/log.js';
import { startSandbox } from '../../src/sandbox/index.js';
import { idOf, labTools, startStatus } from '../support/status.js';

const MANY = Array.from({ length: 101 }, (_, n) => `tool-${n}`);

test.each([
  ['no tools', { tools: [] }, '"watch.tools" has 0 ids'],
  ['101 tools', { tools: labTools(...MANY) }, '"watch.tools" has 101 ids'],
  ['a malformed id', { tools: [...labTools('desk'), 'nonsense'] }, '"watch.tools.1"'],
  ['an empty id', { agent: '' }, '"watch.agent"'],
  ['the id of another type', { agent: idOf('Project', 'lab') }, 'The value of "watch.agent" is the id of a Project'],
  ['an agent’s id for a project', { project: idOf('Agent', 'lab', 'support') }, '"watch.project"'],
  ['two things at once', { tools: labTools('desk'), project: idOf('Project', 'lab') }, 'watch'],
  ['nothing', {}, 'watch'],
])('rejects a watch of %s without an upstream call', async (_, watch, words) => {
  const gateway = await startStatus();
  const stream = await gateway.subscribe(watch);
  const [error] = await stream.errors();
  expect(error).toMatchObject({ message: expect.stringContaining(words), extensions: { code: 'BAD_USER_INPUT' } });
  expect(gateway.sandbox.inkeep.requests).toEqual([]);
  expect(await gateway.metric('gateway_status_watches')).toBe(0);
});

test('rejects an id that cannot be part of an upstream path, without an upstream call', async () => {
  const gateway = await startStatus();
  const stream = await gateway.subscribe({ tools: labTools('..') });
  expect(await stream.errors()).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(gateway.sandbox.inkeep.requests).toEqual([]);
});

test('rejects a caller without a credential, without an upstream call', async ({ onTestFinished }) => {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const config = loadConfig({ LOG_LEVEL: 'silent', INKEEP_URL: sandbox.inkeep.url });
  const gateway = createGateway(config, createLogger(config.logLevel));
  onTestFinished(() => gateway.close());
  const { url } = await gateway.listen('127.0.0.1', 0);
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({
      query: 'subscription ($watch: ToolStatusWatch!) { toolStatus(watch: $watch) { status } }',
      variables: { watch: { tools: labTools('desk') } },
    }),
  });
  expect(await response.text()).toContain('"code":"UNAUTHENTICATED"');
  expect(sandbox.inkeep.requests).toEqual([]);
});
