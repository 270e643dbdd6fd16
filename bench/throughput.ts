import { applyLoad, median } from './load.js';
import { type Server, startGateway, startProgram } from './process.js';

const PATH = '/manage/tenants/default/projects/bench/tools/tool-1';
const BODY = JSON.stringify({
  query: 'query ($id: String!) { tool(projectId: "bench", toolId: $id) { id name status } }',
  variables: { id: 'tool-1' },
});
const LOAD = { path: '/graphql', body: BODY, clients: 32, maxRequests: 50_000, maxMs: 2_000 };
/** Enough for the code to be compiled: the first thousands of answers take several times as long. */
const WARM_UP = { maxRequests: 8_000, maxMs: 12_000 };
const ROUNDS = 5;

interface Round {
  readonly perSecond: number;
  readonly medianMs: number;
  readonly cpuMicroseconds: number;
}

export interface Throughput {
  readonly proxy: Round;
  readonly gateway: Round;
  /** Resident memory of the gateway, in MiB: when it has started, and after the load. */
  readonly memory: { readonly started: number; readonly loaded: number };
}

/**
 * One tool by id, asked by 32 clients: the gateway, and a bare proxy that passes on the same upstream answer. They take turns,
 * so that a slow spell of the machine hits both; medians of the rounds. Joining is off: each answer costs its own call.
 */
export async function measureThroughput(): Promise<Throughput> {
  const upstream = await startProgram(new URL('./upstream.ts', import.meta.url));
  const proxy = await startProgram(new URL('./proxy.ts', import.meta.url), {
    UPSTREAM: upstream.url,
    UPSTREAM_PATH: PATH,
  });
  const gateway = await startGateway(`${upstream.url}/manage`, {
    COALESCE: 'false',
    INKEEP_MAX_CALLS: '256',
    INKEEP_MAX_PROBES: '256',
  });
  try {
    const started = gateway.usage().residentMiB;
    for (const server of [proxy, gateway]) await applyLoad({ ...LOAD, ...WARM_UP, url: server.url }, isTheTool);
    const rounds: { proxy: Round; gateway: Round }[] = [];
    for (let n = 0; n < ROUNDS; n++) rounds.push({ proxy: await measure(proxy), gateway: await measure(gateway) });
    return {
      proxy: middle(rounds.map((round) => round.proxy)),
      gateway: middle(rounds.map((round) => round.gateway)),
      memory: { started, loaded: gateway.usage().residentMiB },
    };
  } finally {
    await Promise.all([gateway.stop(), proxy.stop()]);
    await upstream.stop();
  }
}

async function measure(server: Server): Promise<Round> {
  const before = server.usage().cpuMs;
  const load = await applyLoad({ ...LOAD, url: server.url }, isTheTool);
  const cpuMicroseconds = ((server.usage().cpuMs - before) * 1000) / load.answers;
  return { perSecond: load.perSecond, medianMs: load.medianMs, cpuMicroseconds };
}

function isTheTool(text: string): boolean {
  return text.includes('"Tool 1"') && !text.includes('"errors"');
}

function middle(rounds: readonly Round[]): Round {
  return {
    perSecond: median(rounds.map((round) => round.perSecond)),
    medianMs: median(rounds.map((round) => round.medianMs)),
    cpuMicroseconds: median(rounds.map((round) => round.cpuMicroseconds)),
  };
}
