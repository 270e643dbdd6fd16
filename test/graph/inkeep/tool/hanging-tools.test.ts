import { describe, expect, test } from 'vitest';
import type { Sandbox } from '../../../../src/sandbox/index.js';
import { limitsWith, startGateway, type TestGateway } from '../../../support/gateway.js';

/** The usual deadlines and the upstream's own, shortened to about a twentieth. */
const GIVES_UP_MS = 500;
const upstream = limitsWith({
  patienceMs: 150,
  wholePagePatienceMs: 550,
  probeDeadlineMs: 600,
  operationDeadlineMs: 650,
});
/** The operation's deadline, and time for a busy machine. Nothing may wait for the deadline twice. */
const IN_TIME = 1.2;

/** Project `lab` with nine tools, of which `tar-pit` never answers: the upstream gives up on it after `hangMs`. */
async function startLab(hangMs: number): Promise<TestGateway> {
  const gateway = await startGateway({ story: false, hangMs }, {}, { limits: { upstream } });
  seedLab(gateway.sandbox.inkeep);
  return gateway;
}

function seedLab(inkeep: Sandbox['inkeep']): void {
  inkeep.addProject({ id: 'lab' });
  for (let n = 0; n < 8; n++) inkeep.addTool({ id: `echo-${n}`, name: `Echo ${n}` });
  inkeep.addTool({ id: 'tar-pit', name: 'Tar pit', mcp: { mode: 'hang' } });
  inkeep.addAgent({ id: 'tester' });
  inkeep.addSubAgent({ id: 'prober' });
  for (const toolId of ['echo-0', 'echo-1', 'tar-pit']) inkeep.addRelation({ subAgentId: 'prober', toolId });
}

async function timed<Answer>(answer: Promise<Answer>): Promise<Answer & { seconds: number }> {
  const start = performance.now();
  return { ...(await answer), seconds: (performance.now() - start) / 1000 };
}

/** Longer than any deadline of the gateway: the upstream itself never answers for this tool. */
const FOR_EVER = 60_000;

describe('a tool whose MCP server hangs', () => {
  test('returns its name and fails only its status if the upstream never answers', async () => {
    const lab = await startLab(FOR_EVER);
    const { data, errors, seconds } = await timed(
      lab.query('{ tool(projectId: "lab", toolId: "tar-pit") { toolId name config { url } status } }'),
    );
    expect(data.tool).toEqual({
      toolId: 'tar-pit',
      name: 'Tar pit',
      config: { url: 'https://mcp.example.com/tar-pit' },
      status: null,
    });
    expect(errors).toMatchObject([{ path: ['tool', 'status'], extensions: { code: 'UPSTREAM_TIMEOUT' } }]);
    expect(seconds).toBeLessThan(IN_TIME);
  });

  test('returns its name and its status if the upstream stops waiting for the server in time', async () => {
    const lab = await startLab(GIVES_UP_MS);
    const { data, errors, seconds } = await timed(
      lab.query('{ tool(projectId: "lab", toolId: "tar-pit") { name status lastError } }'),
    );
    expect(errors).toBeUndefined();
    expect(data.tool).toMatchObject({ name: 'Tar pit', status: 'UNAVAILABLE' });
    expect(data.tool.lastError).toContain('Request timed out');
    expect(seconds).toBeLessThan(IN_TIME);
  });

  test('does not affect the status of the other tools of a page', async () => {
    const lab = await startLab(FOR_EVER);
    const { data, errors, seconds } = await timed(
      lab.query('{ project(projectId: "lab") { tools(first: 9) { nodes { toolId name status } } } }'),
    );
    const healthy = data.project.tools.nodes.filter(({ status }: { status: string }) => status === 'HEALTHY');
    expect(data.project.tools.nodes[0]).toEqual({ toolId: 'tar-pit', name: 'Tar pit', status: null });
    expect(healthy).toHaveLength(8);
    expect(errors).toMatchObject([
      { path: ['project', 'tools', 'nodes', 0, 'status'], extensions: { code: 'UPSTREAM_TIMEOUT' } },
    ]);
    expect(seconds).toBeLessThan(IN_TIME);
  });

  test('does not affect the status of the other tools of an agent', async () => {
    const lab = await startLab(FOR_EVER);
    const { data, errors, seconds } = await timed(
      lab.query(
        '{ agent(projectId: "lab", agentId: "tester") { toolRelations { nodes { toolId tool { name status } } } } }',
      ),
    );
    expect(data.agent.toolRelations.nodes).toEqual([
      { toolId: 'tar-pit', tool: { name: 'Tar pit', status: null } },
      { toolId: 'echo-1', tool: { name: 'Echo 1', status: 'HEALTHY' } },
      { toolId: 'echo-0', tool: { name: 'Echo 0', status: 'HEALTHY' } },
    ]);
    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_TIMEOUT' } }]);
    expect(seconds).toBeLessThan(IN_TIME);
  });

  test('returns its ids if only its status is selected besides them', async () => {
    const lab = await startLab(FOR_EVER);
    const { data, errors } = await lab.query(
      '{ agent(projectId: "lab", agentId: "tester") { toolRelations(first: 1) { nodes { tool { toolId status } } } } }',
    );
    expect(data.agent.toolRelations.nodes).toEqual([{ tool: { toolId: 'tar-pit', status: null } }]);
    expect(errors).toHaveLength(1);
  });

  test('does not delay a query without live fields', async () => {
    const lab = await startLab(FOR_EVER);
    const { data, seconds } = await timed(
      lab.query('{ project(projectId: "lab") { tools(first: 9) { nodes { name headers capabilities } } } }'),
    );
    expect(data.project.tools.nodes).toHaveLength(9);
    expect(seconds).toBeLessThan(0.4);
    expect(lab.sandbox.inkeep.probes).toBe(0);
  });

  test('does not delay a search by status for more than 12 seconds, with or without matches', async () => {
    const lab = await startLab(GIVES_UP_MS);
    const { data, errors, seconds } = await timed(
      lab.query('{ project(projectId: "lab") { tools(status: [UNAVAILABLE]) { nodes { toolId } } } }'),
    );
    expect(errors).toBeUndefined();
    expect(data.project.tools.nodes).toEqual([{ toolId: 'tar-pit' }]);
    expect(seconds).toBeLessThan(IN_TIME);
  });

  test('does not block reads without probes, although more callers request its status than probes can run in parallel', async () => {
    const lab = await startLab(FOR_EVER);
    const { inkeep } = lab.sandbox;
    const looks = Array.from({ length: 40 }, (_, n) =>
      lab.query('{ tool(projectId: "lab", toolId: "tar-pit") { status } }', {}, { authorization: `Bearer c-${n}` }),
    );
    await inkeep.arrived('get-tool', 16);
    const { data, seconds } = await timed(lab.query('{ project(projectId: "lab") { name agents { totalCount } } }'));
    expect(data.project).toEqual({ name: 'lab', agents: { totalCount: 1 } });
    expect(seconds).toBeLessThan(0.4);
    expect(inkeep.count('get-tool')).toBe(16);
    const answers = await Promise.all(looks.map(timed));
    expect(Math.max(...answers.map((answer) => answer.seconds))).toBeLessThan(IN_TIME);
  });
});

test('a tool whose probe fails returns its stored fields', async () => {
  const lab = await startLab(GIVES_UP_MS);
  lab.sandbox.inkeep.fault({ kind: 'status', status: 500, operation: 'get-tool', count: 9 });
  const { data, errors } = await lab.query('{ tool(projectId: "lab", toolId: "echo-1") { name status } }');
  expect(data.tool).toEqual({ name: 'Echo 1', status: null });
  expect(errors).toMatchObject([{ path: ['tool', 'status'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } }]);
});
