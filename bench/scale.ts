import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { VirtualTime } from '../test/support/virtual-time.js';
import { type Panel, plotSeconds } from './scale/plot.js';
import { type Scenario, Simulation } from './scale/simulation.js';
import { sweepPeople, sweepRedis, sweepUpstream } from './scale/sweeps.js';

/** Delays are shown for the changes in so many seconds. */
const WINDOW = 10;

const number = (fallback: number) => ({ type: 'string', default: String(fallback) }) as const;
const { values } = parseArgs({
  options: {
    people: number(20_000),
    instances: number(20),
    agents: number(400),
    tools: number(50),
    seconds: number(150),
    /** Where the figures and the plot are written. */
    out: { type: 'string', default: 'bench/scale' },
    'no-sweeps': { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const scenario: Scenario = {
  people: Number(values.people),
  instances: Number(values.instances),
  agents: Number(values.agents),
  toolsPerAgent: Number(values.tools),
  // More than any upstream has, so that what is needed can be seen.
  upstreamProbes: Number.POSITIVE_INFINITY,
  seconds,
  rampSeconds: Math.min(30, Math.ceil(seconds / 5)),
  staySeconds: 600,
  changesPerSecond: 2,
  deathsAt: [Math.floor(seconds * 0.6), Math.floor(seconds * 0.75)],
  intervalMs: 10_000,
  accessMs: 60_000,
  maxProbes: 16,
  maxCalls: 32,
};

const realNow = performance.now.bind(performance);
const startedAt = realNow();
const time = VirtualTime.install();

function progress(second: number): void {
  if (second % 10 !== 9) return;
  const heap = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
  console.error(`${second + 1} s simulated in ${((realNow() - startedAt) / 1_000).toFixed(0)} s, heap ${heap} MiB`);
}

const simulation = new Simulation(time, scenario);
await simulation.run(progress);
const { recording } = simulation;
const steadyFrom = scenario.rampSeconds + 10;
const [firstDeath = seconds] = scenario.deathsAt;
const rates = Object.fromEntries(
  (['probes', 'polls', 'reads', 'serviceReads', 'commands', 'redisBytes', 'events', 'people'] as const).map((name) => [
    name,
    {
      start: recording.rate(name, 0, scenario.rampSeconds),
      steady: recording.rate(name, steadyFrom, firstDeath),
      deaths: recording.rate(name, firstDeath, seconds),
    },
  ]),
);
const delayMs = {
  steady: recording.delays(steadyFrom, firstDeath - 15, [0.5, 0.99, 1]),
  deaths: recording.delays(firstDeath - 15, seconds, [0.5, 0.99, 1]),
};
const delays = Array.from({ length: Math.ceil(seconds / WINDOW) }, (_, n) =>
  recording.delays(n * WINDOW, (n + 1) * WINDOW, [0.5, 0.99]),
);
console.dir({ rates, delayMs }, { depth: 4 });
const curve = (name: string, values: readonly number[], stepSeconds = 1) => ({ name, values, stepSeconds });
const perSecond = (name: Parameters<typeof recording.series>[0]) => recording.series(name, seconds);
const panels: Panel[] = [
  { title: 'probes a second', curves: [curve('', perSecond('probes'))] },
  {
    title: 'plain reads a second',
    curves: [curve('people', perSecond('reads')), curve('service', perSecond('serviceReads'))],
  },
  { title: 'Redis, commands a second', curves: [curve('', perSecond('commands'))] },
  {
    title: 'Redis, MB a second',
    curves: [
      curve(
        '',
        perSecond('redisBytes').map((bytes) => bytes / 1e6),
      ),
    ],
  },
  {
    title: 'delay of a change, s',
    curves: [0, 1].map((index) =>
      curve(
        ['p50', 'p99'][index] ?? '',
        delays.map((parts) => (parts[index] ?? Number.NaN) / 1_000),
        WINDOW,
      ),
    ),
  },
  { title: 'people', curves: [curve('', perSecond('people'))] },
];
const sweeps = values['no-sweeps']
  ? undefined
  : { upstream: await sweepUpstream(time), redis: await sweepRedis(time), people: await sweepPeople(time) };
if (sweeps) for (const rows of Object.values(sweeps)) console.table(rows);
time.uninstall();
const { people, instances, agents, toolsPerAgent } = scenario;
const title = `${people} people, ${instances} instances, ${agents} agents with ${toolsPerAgent} tools each`;
writeFileSync(`${values.out}.svg`, plotSeconds(title, panels, seconds, scenario.deathsAt));
const figures = {
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  scenario,
  rates,
  delayMs,
  sweeps,
};
writeFileSync(`${values.out}.json`, `${JSON.stringify(figures, null, 2)}\n`);
console.error(`took ${((realNow() - startedAt) / 1_000).toFixed(0)} s`);
