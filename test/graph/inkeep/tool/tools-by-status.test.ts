import { expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../../support/gateway.js';

const BROKEN = [3, 4, 50, 99, 100, 101, 180, 229];

function toolId(number: number): string {
  return `tool-${String(number).padStart(3, '0')}`;
}

/** Project `grid` with 230 tools, of which eight, on every upstream page, cannot be reached. */
async function startBrokenGrid(): Promise<TestGateway> {
  const gateway = await startGateway({ story: false, discoveryMs: 0 });
  gateway.sandbox.inkeep.seedGrid({
    tenantId: 'default',
    projectId: 'grid',
    tools: 230,
    agents: 0,
    subAgentsPerAgent: 0,
    relationsPerAgent: 0,
  });
  for (const number of BROKEN) gateway.sandbox.inkeep.setMcp(toolId(number), { mode: 'reset' });
  return gateway;
}

/** The list shows the newest first. */
const EXPECTED = BROKEN.toReversed().map(toolId);

function select(args: string): string {
  return `{ project(projectId: "grid") { tools(status: [UNAVAILABLE], ${args}) {
    totalCount nodes { toolId status } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  } } }`;
}

function idsOf(data: { project: { tools: { nodes: { toolId: string }[] } } }): string[] {
  return data.project.tools.nodes.map((tool) => tool.toolId);
}

test.each([1, 2, 3, 8, 9])('pages of %i read forward have every match once, in order', async (size) => {
  const gateway = await startBrokenGrid();
  const seen: string[] = [];
  for (let after = ''; ; ) {
    const { data } = await gateway.query(select(`first: ${size}${after}`));
    seen.push(...idsOf(data));
    const { hasNextPage, endCursor } = data.project.tools.pageInfo;
    if (!hasNextPage) break;
    after = `, after: "${endCursor}"`;
  }
  expect(seen).toEqual(EXPECTED);
});

test.each([1, 3, 8])('pages of %i read backward have every match once, in order', async (size) => {
  const gateway = await startBrokenGrid();
  const seen: string[] = [];
  for (let before = ''; ; ) {
    const { data } = await gateway.query(select(`last: ${size}${before}`));
    seen.unshift(...idsOf(data));
    const { hasPreviousPage, startCursor } = data.project.tools.pageInfo;
    if (!hasPreviousPage) break;
    before = `, before: "${startCursor}"`;
  }
  expect(seen).toEqual(EXPECTED);
});

test('a filtered page has the matches and no total', async () => {
  const gateway = await startBrokenGrid();
  const { data, errors } = await gateway.query(select('first: 2'));
  expect(errors).toBeUndefined();
  expect(data.project.tools).toMatchObject({
    totalCount: null,
    nodes: [
      { toolId: 'tool-229', status: 'UNAVAILABLE' },
      { toolId: 'tool-180', status: 'UNAVAILABLE' },
    ],
    pageInfo: { hasNextPage: true, hasPreviousPage: false },
  });
});

test('page info of matches between two cursors shows that others come before and after', async () => {
  const gateway = await startBrokenGrid();
  const { data: all } = await gateway.query(select('first: 8'));
  const cursors = all.project.tools.edges.map(({ cursor }: { cursor: string }) => cursor);
  const between = `after: "${cursors[1]}", before: "${cursors[5]}"`;
  for (const side of ['first', 'last']) {
    const { data } = await gateway.query(select(`${side}: 10, ${between}`));
    expect(idsOf(data)).toEqual(EXPECTED.slice(2, 5));
    expect(data.project.tools.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
  }
});

test('finds tools with either of two statuses', async () => {
  const gateway = await startBrokenGrid();
  gateway.sandbox.inkeep.setMcp(toolId(7), { mode: 'needs_auth' });
  const { data } = await gateway.query(
    '{ project(projectId: "grid") { tools(status: [NEEDS_AUTH, UNAVAILABLE], last: 4) { nodes { toolId } } } }',
  );
  expect(idsOf(data)).toEqual(['tool-050', 'tool-007', 'tool-004', 'tool-003']);
});

test('returns an empty page for a status that no tool has, after one probe of each', async () => {
  const gateway = await startBrokenGrid();
  const { data, errors } = await gateway.query(
    '{ project(projectId: "grid") { tools(status: [NEEDS_AUTH]) { nodes { toolId } pageInfo { hasNextPage endCursor } } } }',
  );
  expect(errors).toBeUndefined();
  expect(data.project.tools).toEqual({ nodes: [], pageInfo: { hasNextPage: false, endCursor: null } });
  expect(gateway.sandbox.inkeep.probes).toBe(230);
});

test('an empty list of statuses matches nothing, without a probe', async () => {
  const gateway = await startBrokenGrid();
  const { data } = await gateway.query('{ project(projectId: "grid") { tools(status: []) { nodes { toolId } } } }');
  expect(data.project.tools.nodes).toEqual([]);
  expect(gateway.sandbox.inkeep.probes).toBe(0);
});

test('status: null filters nothing', async () => {
  const gateway = await startBrokenGrid();
  const { data } = await gateway.query('{ project(projectId: "grid") { tools(status: null) { totalCount } } }');
  expect(data.project.tools.totalCount).toBe(230);
  expect(gateway.sandbox.inkeep.probes).toBe(0);
});

test('reads no more pages than the window needs', async () => {
  const gateway = await startBrokenGrid();
  const { data } = await gateway.query(select('first: 2'));
  expect(idsOf(data)).toEqual(['tool-229', 'tool-180']);
  expect(gateway.calls()).toEqual({ 'get-project-by-id': 1, 'list-tools': 2 });
});
