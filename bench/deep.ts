import { type Sandbox, startSandbox } from '../src/sandbox/index.js';
import { median } from './load.js';
import { byLevel, linkByLink } from './naive.js';
import { startGateway } from './process.js';

/** What every upstream call takes on top of its work. */
export const LATENCY_MS = 100;

const GRID = { tenantId: 'default', projectId: 'grid', tools: 250, agents: 1, subAgentsPerAgent: 50 };
const RELATIONS = 250;
const COLD_RUNS = 3;
const WARM_RUNS = 5;

const QUERY = `{
  agent(projectId: "grid", agentId: "agent-0") {
    name
    subAgents { nodes { name toolRelations { nodes { tool { name config { url } } } } } }
  }
}`;

interface Run {
  readonly ms: number;
  /** Requests that reached the upstream. */
  readonly calls: number;
}

export interface Deep {
  readonly linkByLink: Run;
  readonly byLevel: Run;
  /** The first query of a fresh process. */
  readonly cold: Run;
  readonly warm: Run;
}

/** An agent, its 50 sub-agents, their 250 relations, the name and config of each tool: naive clients, and the gateway. */
export async function measureDeep(): Promise<Deep> {
  // No time for discovery: it would only slow down the naive clients, which cannot do without it.
  const sandbox = await startSandbox({ story: false, discoveryMs: 0 });
  sandbox.inkeep.seedGrid({ ...GRID, relationsPerAgent: RELATIONS });
  const project = `${sandbox.inkeep.url}/tenants/default/projects/grid`;
  try {
    return {
      ...(await measureGateway(sandbox)),
      byLevel: await measure(sandbox, () => byLevel(project, 'agent-0')),
      linkByLink: await measure(sandbox, () => linkByLink(project, 'agent-0')),
    };
  } finally {
    await sandbox.close();
  }
}

async function measureGateway(sandbox: Sandbox): Promise<Pick<Deep, 'cold' | 'warm'>> {
  const cold: Run[] = [];
  const warm: Run[] = [];
  for (let n = 0; n < COLD_RUNS; n++) {
    const gateway = await startGateway(sandbox.inkeep.url);
    cold.push(await measure(sandbox, () => ask(gateway.url)));
    for (let m = 0; m < WARM_RUNS; m++) warm.push(await measure(sandbox, () => ask(gateway.url)));
    await gateway.stop();
  }
  return { cold: middle(cold), warm: middle(warm) };
}

async function ask(url: string): Promise<number> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY }),
  });
  const { data, errors } = (await response.json()) as {
    data: { agent: { subAgents: { nodes: { toolRelations: { nodes: { tool: { name: string } }[] } }[] } } };
    errors?: unknown;
  };
  if (errors) throw new Error(JSON.stringify(errors));
  return data.agent.subAgents.nodes.flatMap(({ toolRelations }) => toolRelations.nodes.map(({ tool }) => tool.name))
    .length;
}

/** Times what finds the tools, and counts its calls. Whoever does not find all of them has not done the same work. */
async function measure(sandbox: Sandbox, find: () => Promise<number>): Promise<Run> {
  sandbox.inkeep.reset();
  sandbox.inkeep.latency({ ms: LATENCY_MS });
  const startedAt = performance.now();
  const found = await find();
  const ms = performance.now() - startedAt;
  if (found !== RELATIONS) throw new Error(`found ${found} tools, not ${RELATIONS}`);
  return { ms, calls: sandbox.inkeep.count() };
}

function middle(runs: readonly Run[]): Run {
  return { ms: median(runs.map(({ ms }) => ms)), calls: median(runs.map(({ calls }) => calls)) };
}
