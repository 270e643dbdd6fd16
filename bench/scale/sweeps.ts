import type { VirtualTime } from '../../test/support/virtual-time.js';
import { type Scenario, Simulation } from './simulation.js';

const SMALL: Scenario = {
  people: 200,
  instances: 3,
  agents: 10,
  toolsPerAgent: 50,
  upstreamProbes: Number.POSITIVE_INFINITY,
  seconds: 120,
  rampSeconds: 10,
  staySeconds: 600,
  changesPerSecond: 1,
  deathsAt: [],
  intervalMs: 10_000,
  accessMs: 60_000,
  maxProbes: 16,
  maxCalls: 32,
};
/** Seconds from which everything is steady, and before which the last changes have arrived. */
const [FROM, UNTIL] = [40, 90];
/** What the real upstream has been observed to do. */
const UPSTREAM_PROBES = 70;

async function run(time: VirtualTime, changes: Partial<Scenario>) {
  const scenario = { ...SMALL, ...changes };
  const simulation = new Simulation(time, scenario);
  await simulation.run();
  const { recording } = simulation;
  const [p50, p99] = recording.delays(FROM, UNTIL, [0.5, 0.99]);
  const mean = (name: Parameters<typeof recording.rate>[0]) => Math.round(recording.rate(name, FROM, UNTIL).mean);
  return { scenario, recording, mean, delays: { p50Ms: p50, p99Ms: p99 } };
}

/** How late changes are if the upstream makes 70 probes a second. */
export async function sweepUpstream(time: VirtualTime) {
  const rows = [];
  for (const agents of [4, 8, 12, 14, 16, 20, 40]) {
    const { mean, delays } = await run(time, { agents, upstreamProbes: UPSTREAM_PROBES, seconds: 150 });
    rows.push({ agents, neededProbes: agents * 5, probes: mean('probes'), ...delays });
  }
  return rows;
}

/** What Redis does for each agent and instance. */
export async function sweepRedis(time: VirtualTime) {
  const rows = [];
  for (const [agents, instances] of [
    [50, 5],
    [50, 20],
    [200, 5],
    [200, 20],
  ] as const) {
    // Enough people that each instance watches nearly every agent.
    const { mean } = await run(time, { agents, instances, people: 3 * agents * instances });
    rows.push({ agents, instances, commands: mean('commands'), kilobytes: Math.round(mean('redisBytes') / 1_000) });
  }
  return rows;
}

/** Plain reads by the number of people, and how evenly they come. */
export async function sweepPeople(time: VirtualTime) {
  const rows = [];
  for (const people of [1_000, 3_000, 10_000]) {
    const { recording, mean } = await run(time, { people, agents: 1, instances: 3, toolsPerAgent: 100 });
    rows.push({ people, reads: mean('reads'), mostReads: recording.rate('reads', FROM, UNTIL).most });
  }
  return rows;
}
