import { expect, test } from 'vitest';
import { idOf, labTools, type StatusGateway, startStatus } from '../support/status.js';

/** Milliseconds after which each tool's MCP server answers a probe. A poll counts as slow before `slower` answers. */
const DELAYS = { quick: 5, slow: 500, slower: 950 };
/** The upstream gives up on `stuck`, which never answers. */
const HANG_MS = 1_400;
const LIMITS = { slowPollMs: 800, singlyMs: 3_200 };

function seed({ sandbox: { inkeep } }: StatusGateway): void {
  for (const [id, delayMs] of Object.entries(DELAYS)) inkeep.addTool({ id, mcp: { mode: 'healthy', delayMs } });
  inkeep.addTool({ id: 'stuck', mcp: { mode: 'hang' } });
  inkeep.addAgent({ id: 'support' });
  inkeep.addSubAgent({ id: 'triage' });
  for (const toolId of [...Object.keys(DELAYS), 'stuck']) inkeep.addRelation({ subAgentId: 'triage', toolId });
}

test.concurrent.for([
  ['single tools', { tools: labTools('quick', 'slow', 'slower', 'stuck') }],
  ['an agent', { agent: idOf('Agent', 'lab', 'support') }],
  ['a project', { project: idOf('Project', 'lab') }],
] as const)(
  'the first event of each tool comes when its own probe ends, in the watch of %s',
  async ([, watch], { onTestFinished }) => {
    const gateway = await startStatus(
      { hangMs: HANG_MS },
      { STATUS_INTERVAL_MS: '60000' },
      { limits: LIMITS, onTestFinished },
    );
    seed(gateway);
    const stream = await gateway.subscribe(watch);
    const startedAt = performance.now();
    for (const [id, delayMs] of [...Object.entries(DELAYS), ['stuck', HANG_MS] as const]) {
      expect(await stream.next()).toMatchObject({ tool: { toolId: id }, previousStatus: null, freshness: 'LIVE' });
      expect(performance.now() - startedAt).toBeLessThan(delayMs + 600);
    }
    // One bulk poll, and one for each tool that it kept waiting.
    expect(gateway.calls()['get-tool']).toBe(4);
  },
);

test('a first poll that answers at once is one call, without single polls', async () => {
  const gateway = await startStatus({}, { STATUS_INTERVAL_MS: '60000' });
  for (let n = 0; n < 20; n++) gateway.sandbox.inkeep.addTool({ id: `tool-${n}` });
  const stream = await gateway.subscribe({ project: idOf('Project', 'lab') });
  await stream.byTool(20);
  expect(gateway.calls()).toEqual({ 'list-tools': 1 });
});

test('the tools of a new watcher do not wait for a tool of another that hangs', async () => {
  const gateway = await startStatus({ hangMs: 60_000 }, { STATUS_INTERVAL_MS: '60000' });
  const { inkeep } = gateway.sandbox;
  inkeep.addTool({ id: 'stuck', mcp: { mode: 'hang' } });
  // So many that they are polled together, in the next round.
  const ids = Array.from({ length: 45 }, (_, n) => `tool-${n}`);
  for (const id of ids) inkeep.addTool({ id });
  const isStuckAsked = gateway.asked('get-tool', 1);
  await gateway.subscribe({ tools: labTools('stuck') });
  await isStuckAsked;
  const newcomer = await gateway.subscribe({ tools: labTools(...ids) });
  const joinedAt = performance.now();
  await newcomer.byTool(45);
  expect(performance.now() - joinedAt).toBeLessThan(2_000);
  // One bulk poll, and one for each tool that it kept waiting; the one that hangs is not polled again.
  expect(gateway.calls()).toEqual({ 'get-tool': 46, 'list-tools': 1 });
});

test('fast tools do not wait behind slow ones, however many there are', async () => {
  const gateway = await startStatus({}, { STATUS_INTERVAL_MS: '60000' }, { limits: { slowSlotMs: 100 } });
  const { inkeep } = gateway.sandbox;
  const quick = Array.from({ length: 50 }, (_, n) => `quick-${n}`);
  const slow = Array.from({ length: 10 }, (_, n) => `slow-${n}`);
  for (const id of quick) inkeep.addTool({ id });
  // The newest come first in the list.
  for (const id of slow) inkeep.addTool({ id, mcp: { mode: 'healthy', delayMs: 2_000 } });
  const stream = await gateway.subscribe({ project: idOf('Project', 'lab') });
  const startedAt = performance.now();
  expect(Object.keys(await stream.byTool(50)).sort()).toEqual([...quick].sort());
  expect(performance.now() - startedAt).toBeLessThan(1_900);
  await stream.byTool(10);
  for (const id of slow) expect(inkeep.probesOf(id)).toBeLessThanOrEqual(3);
});
