import { describe, expect, test } from 'vitest';
import { limitsWith, startGateway, type TestGateway } from '../../../support/gateway.js';

/** The usual times, shortened to about a tenth. */
const upstream = limitsWith({
  patienceMs: 300,
  wholePagePatienceMs: 850,
  probeDeadlineMs: 900,
  operationDeadlineMs: 1_000,
});
/** The operation's deadline, and time for a busy machine. */
const IN_TIME = 2;

/** Longer than any deadline of the gateway: the upstream itself never answers for a tool that hangs. */
const FOR_EVER = 60_000;

/** Longer than the gateway waits for a page, and shorter than its deadline. */
const LATE = 500;

/** A project of so many tools, and an agent that has all of them; `tool-123` hangs. */
async function startGrid(hangMs: number, tools: number, env = {}): Promise<TestGateway> {
  const gateway = await startGateway({ story: false, discoveryMs: 1, hangMs }, env, { limits: { upstream } });
  const counts = { tools, agents: 1, subAgentsPerAgent: 1, relationsPerAgent: tools };
  gateway.sandbox.inkeep.seedGrid({ tenantId: 'default', projectId: 'grid', ...counts });
  gateway.sandbox.inkeep.setMcp('tool-123', { mode: 'hang' });
  return gateway;
}

interface Tool {
  readonly toolId: string;
  readonly name: string;
  readonly status: string | null;
}

const WINDOW = '{ project(projectId: "grid") { tools(first: 500) { nodes { toolId name status } } } }';
const LINKED =
  '{ agent(projectId: "grid", agentId: "agent-0") { tools(first: 500) { nodes { toolId name status } } } }';

async function toolsOf(gateway: TestGateway, document: string) {
  const startedAt = performance.now();
  const { data, errors } = await gateway.query(document);
  const tools: Tool[] = (data.project ?? data.agent).tools.nodes;
  return { tools, errors, seconds: (performance.now() - startedAt) / 1000 };
}

function healthy(tools: readonly Tool[]): number {
  return tools.filter(({ status }) => status === 'HEALTHY').length;
}

/** How many tools were probed how often. The newest come first: `tool-123` is on the fourth page of 500, among the last of it. */
function probeCounts({ sandbox }: TestGateway, tools: readonly Tool[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { toolId } of tools) {
    const probes = sandbox.inkeep.probesOf(toolId);
    counts[probes] = (counts[probes] ?? 0) + 1;
  }
  return counts;
}

describe('one tool that hangs among hundreds', () => {
  for (const [what, document] of [
    ['a list', WINDOW],
    ['the tools of an agent', LINKED],
  ] as const) {
    test(`does not affect the status of the others in ${what}, and only its page is requested again`, async () => {
      const gateway = await startGrid(FOR_EVER, 500);
      const { tools, errors, seconds } = await toolsOf(gateway, document);
      expect(healthy(tools)).toBe(499);
      expect(tools.every(({ name }) => name !== null)).toBe(true);
      expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_TIMEOUT']);
      expect(gateway.calls()['get-tool']).toBe(10);
      expect(probeCounts(gateway, tools)).toEqual({ 1: 400, 2: 90, 3: 10 });
      expect(seconds).toBeLessThan(IN_TIME);
    });

    test(`does not use up the calls for the others in ${what}`, async () => {
      const gateway = await startGrid(LATE, 500, { MAX_UPSTREAM_CALLS: '16' });
      const { tools, errors } = await toolsOf(gateway, document);
      expect(errors).toBeUndefined();
      expect(healthy(tools)).toBe(499);
      expect(tools.find(({ toolId }) => toolId === 'tool-123')?.status).toBe('UNAVAILABLE');
    });
  }

  test('leaves calls for the rest of the operation', async () => {
    const gateway = await startGrid(FOR_EVER, 250, { MAX_UPSTREAM_CALLS: '20' });
    const { errors } = await toolsOf(gateway, WINDOW);
    expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['UPSTREAM_TIMEOUT']));
    expect(gateway.sandbox.inkeep.count()).toBeLessThan(20);
  });
});

describe('a probed page', () => {
  const nodes = (from: number, to: number): string => {
    const ids = Array.from({ length: to - from }, (_, n) => `default/grid/tool-${String(from + n).padStart(3, '0')}`);
    return ids.map((id) => JSON.stringify(Buffer.from(`Tool:${id}`).toString('base64url'))).join();
  };

  for (const [when, discoveryMs] of [
    ['is here', 1],
    ['is under way', 300],
  ] as const) {
    test(`that ${when} has the other tools for a later field`, async () => {
      const gateway = await startGateway({ story: false, discoveryMs });
      const { inkeep } = gateway.sandbox;
      const counts = { tools: 100, agents: 1, subAgentsPerAgent: 1, relationsPerAgent: 70 };
      inkeep.seedGrid({ tenantId: 'default', projectId: 'grid', ...counts });
      // The relations come after the page, or while it is under way, and the tools of the agent are asked for then.
      inkeep.latency({ ms: 150, match: 'sub-agent-tool-relations' });
      const { data, errors } = await gateway.query(`{
        nodes(ids: [${nodes(0, 50)}]) { ... on Tool { status } }
        agent(projectId: "grid", agentId: "agent-0") { tools(first: 100) { nodes { status } } }
      }`);
      expect(errors).toBeUndefined();
      const rows: Tool[] = [...data.nodes, ...data.agent.tools.nodes];
      expect(healthy(rows)).toBe(120);
      expect(inkeep.probes).toBe(100);
      expect(gateway.calls()['get-tool']).toBeUndefined();
    });
  }

  test('that fails does not affect other pages, and its tools are read in smaller ones', async () => {
    const gateway = await startGateway({ story: false, discoveryMs: 1 });
    const { inkeep } = gateway.sandbox;
    const counts = { tools: 250, agents: 0, subAgentsPerAgent: 0, relationsPerAgent: 0 };
    inkeep.seedGrid({ tenantId: 'default', projectId: 'grid', ...counts });
    inkeep.fault({ kind: 'status', status: 500, match: '/tools?page=2&limit=100', count: 9 });
    const { tools, errors } = await toolsOf(gateway, WINDOW);
    expect(errors).toBeUndefined();
    expect(healthy(tools)).toBe(250);
    expect(gateway.calls()['get-tool']).toBeUndefined();
    expect(inkeep.probes).toBe(250);
  });

  test('that gets a 429 is not requested again tool by tool', async () => {
    const gateway = await startGateway({ story: false, discoveryMs: 1 });
    const { inkeep } = gateway.sandbox;
    const counts = { tools: 60, agents: 1, subAgentsPerAgent: 1, relationsPerAgent: 60 };
    inkeep.seedGrid({ tenantId: 'default', projectId: 'grid', ...counts });
    inkeep.fault({ kind: 'status', status: 429, match: '/tools?page=1&limit=100', count: 9 });
    const { tools, errors } = await toolsOf(
      gateway,
      '{ agent(projectId: "grid", agentId: "agent-0") { tools(first: 60) { nodes { toolId status } } } }',
    );
    expect(tools).toHaveLength(60);
    expect(new Set(errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['RATE_LIMITED']));
    expect(gateway.calls()['get-tool']).toBeUndefined();
  });
});
