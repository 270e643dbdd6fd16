import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { MEASURES, type Measure, type Series, type Step } from './growth-measures.js';
import { plotGrowth } from './growth-plot.js';
import { applyLoad, median } from './load.js';
import { type Server, startGateway, startProgram } from './process.js';

/** The last step may cost at most this many times as much per item as the step before it. 1 is linear. */
const TOLERANCE = 1.5;
const ROUNDS = 5;
const PAGE = 500;
/** Connecting is slow, because Node accepts one connection in each turn of its event loop, and must not be what is measured. */
const MIN_REQUESTS_PER_CLIENT = 120;

/** A query whose response has `size` items, or which `size` clients send. */
interface Curve {
  readonly name: string;
  readonly sizes: readonly number[];
  readonly queryOf: (size: number) => string;
  readonly clientsOf?: (size: number) => number;
  /** Items in all responses of the warm-up, in which V8 compiles the code, and of a round. */
  readonly warmUpItems: number;
  readonly roundItems: number;
}

const CURVES: readonly Curve[] = [
  {
    name: 'relations',
    sizes: [100, 300, 1_000, 3_000, 10_000],
    queryOf: () => `{
      agent(projectId: "bench", agentId: "agent") {
        name
        subAgents(first: ${PAGE}) {
          nodes { name toolRelations(first: 100) { nodes { tool { name config { url } } } } }
        }
      }
    }`,
    warmUpItems: 60_000,
    roundItems: 30_000,
  },
  {
    name: 'tools',
    sizes: [100, 300, 1_000, 2_500, 5_000],
    queryOf: toolsQuery,
    warmUpItems: 100_000,
    roundItems: 50_000,
  },
  {
    name: 'clients',
    sizes: [1, 4, 16, 64, 256],
    queryOf: () => '{ tool(projectId: "bench", toolId: "tool-1") { name status } }',
    clientsOf: (size) => size,
    warmUpItems: 8_000,
    roundItems: 7_680,
  },
];

/** All tools of the project in one operation. A connection returns at most 500 rows, so each 500 have an alias. */
function toolsQuery(size: number): string {
  const pages = Array.from({ length: Math.ceil(size / PAGE) }, (_, index) => {
    const start = index * PAGE;
    const after = start === 0 ? '' : `, after: "${Buffer.from(`offset:${start - 1}`).toString('base64url')}"`;
    return `from${start}: tools(first: ${Math.min(PAGE, size - start)}${after}) { nodes { name config { url } } }`;
  });
  return `{ project(projectId: "bench") { ${pages.join('\n')} } }`;
}

async function measureCurve(curve: Curve): Promise<Series> {
  const steps: Step[] = [];
  for (const size of curve.sizes) {
    const step = await measureStep(curve, size);
    printStep(curve.name, step);
    steps.push(step);
  }
  const [before, last] = steps.slice(-2) as [Step, Step];
  const growthOf = (measure: Measure) => last[measure] / last.size / (before[measure] / before.size);
  const growth = Object.fromEntries(MEASURES.map(({ key }) => [key, round(growthOf(key))]));
  return { name: curve.name, steps, growth: growth as Record<Measure, number> };
}

/** Measures one size with a new upstream and a new gateway, so that no step changes the memory of the next one. */
async function measureStep(curve: Curve, size: number): Promise<Step> {
  const rows = curve.clientsOf ? 1 : size;
  const upstream = await startProgram(new URL('./upstream.ts', import.meta.url), {
    TOOLS: String(rows),
    RELATIONS: String(curve.name === 'relations' ? rows : 0),
  });
  // Not coalesced, as each client would send its own query.
  const gateway = await startGateway(`${upstream.url}/manage`, {
    COALESCE: 'false',
    MAX_UPSTREAM_CALLS: '1000',
    INKEEP_MAX_CALLS: '256',
    INKEEP_MAX_PROBES: '256',
  });
  try {
    return await measureServers(curve, size, { upstream, gateway });
  } finally {
    await gateway.stop();
    await upstream.stop();
  }
}

async function measureServers(
  curve: Curve,
  size: number,
  { upstream, gateway }: { upstream: Server; gateway: Server },
): Promise<Step> {
  const clients = curve.clientsOf?.(size) ?? 1;
  const itemsPerResponse = curve.clientsOf ? 1 : size;
  const body = JSON.stringify({ query: curve.queryOf(size) });
  const idleMiB = gateway.usage().peakMiB;
  const expected = await firstResponse(gateway, body, itemsPerResponse);
  const load = async (items: number) => {
    const perClient = curve.clientsOf ? MIN_REQUESTS_PER_CLIENT : 1;
    const maxRequests = Math.max(Math.ceil(items / itemsPerResponse), clients * perClient);
    const before = { cpuMs: gateway.usage().cpuMs, calls: await callsOf(upstream) };
    const { answers, medianMs } = await applyLoad(
      { url: gateway.url, path: '/graphql', body, clients, maxRequests, maxMs: 60_000 },
      (text) => text === expected,
    );
    const perStep = (total: number) => (total / answers) * clients;
    return {
      ms: medianMs,
      cpuMs: perStep(gateway.usage().cpuMs - before.cpuMs),
      calls: perStep((await callsOf(upstream)) - before.calls),
    };
  };
  await load(curve.warmUpItems);
  const rounds = [];
  for (let n = 0; n < ROUNDS; n++) rounds.push(await load(curve.roundItems));
  return {
    size,
    ms: round(median(rounds.map(({ ms }) => ms))),
    cpuMs: round(median(rounds.map(({ cpuMs }) => cpuMs))),
    memoryMiB: round(gateway.usage().peakMiB - idleMiB),
    calls: median(rounds.map(({ calls }) => calls)),
  };
}

/** Rejects unless the response names each item. */
async function firstResponse({ url }: Server, body: string, items: number): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  const text = await response.text();
  const found = text.match(/"name":"Tool \d+"/g)?.length ?? 0;
  if (found !== items) throw new Error(`the response has ${found} items, not ${items}: ${text.slice(0, 1_000)}`);
  return text;
}

async function callsOf(upstream: Server): Promise<number> {
  return Number(await (await fetch(`${upstream.url}/calls`)).text());
}

/** Three significant digits. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}

function printStep(name: string, { size, ms, cpuMs, memoryMiB, calls }: Step): void {
  const cells = [`${size} ${name}`.padEnd(16), ...[ms, cpuMs, memoryMiB, calls].map((cell) => String(cell).padEnd(11))];
  console.log(`| ${cells.join(' | ')} |`);
}

/** Returns one sentence for each measure that grew faster than the tolerance allows. */
function problemsOf(series: readonly Series[]): string[] {
  return series.flatMap(({ name, growth }) =>
    MEASURES.filter(({ key }) => growth[key] > TOLERANCE).map(
      ({ key, title }) => `${title} by ${name}: the last step costs ${growth[key]} times as much per item`,
    ),
  );
}

function printGrowth(series: readonly Series[]): void {
  console.log('\nCost per item of the last step, as a multiple of the step before it');
  for (const { name, growth } of series) {
    console.log(name.padEnd(12), ...MEASURES.map(({ key }) => `${key} ${growth[key]}`.padEnd(18)));
  }
}

console.log(`| size             | ${MEASURES.map(({ title }) => title.padEnd(11)).join(' | ')} |`);
console.log(`| ---------------- | ${MEASURES.map(() => '-'.repeat(11)).join(' | ')} |`);
const series: Series[] = [];
for (const curve of CURVES) series.push(await measureCurve(curve));
printGrowth(series);
const machine = { node: process.version, cores: availableParallelism(), date: new Date().toISOString().slice(0, 10) };
const file = (name: string) => new URL(name, import.meta.url);
writeFileSync(file('growth.json'), `${JSON.stringify({ machine, tolerance: TOLERANCE, series }, null, 2)}\n`);
writeFileSync(file('growth.svg'), plotGrowth(series));
const problems = problemsOf(series);
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
