import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Scenario, Simulation } from '../../bench/scale/simulation.js';
import { VirtualTime } from '../support/virtual-time.js';

const SCENARIO: Scenario = {
  people: 300,
  instances: 4,
  agents: 5,
  toolsPerAgent: 20,
  upstreamProbes: Number.POSITIVE_INFINITY,
  seconds: 150,
  rampSeconds: 10,
  staySeconds: 300,
  changesPerSecond: 1,
  deathsAt: [],
  intervalMs: 10_000,
  accessMs: 60_000,
  maxProbes: 16,
  maxCalls: 32,
};

let time: VirtualTime;
beforeEach(() => {
  time = VirtualTime.install();
});
afterEach(() => time.uninstall());

test('five agents cost one poll each in an interval, however many people and instances watch them', async () => {
  const simulation = new Simulation(time, SCENARIO);
  await simulation.run();
  const { recording } = simulation;
  // 12 intervals, give or take the round that a window cuts in two.
  expect(recording.rate('polls', 30, 150).mean * 120).toBeGreaterThan(5 * 10);
  expect(recording.rate('polls', 30, 150).mean * 120).toBeLessThan(5 * 14);
  const [p50 = 0, longest = 0] = recording.delays(30, 130, [0.5, 1]);
  expect(p50).toBeGreaterThan(1_000);
  expect(longest).toBeLessThan(11_500);
});

test('a change is seen within three intervals when an instance dies, and no agent is polled twice as often', async () => {
  const simulation = new Simulation(time, { ...SCENARIO, deathsAt: [60, 90] });
  await simulation.run();
  const { recording } = simulation;
  expect(recording.rate('people', 100, 150).mean).toBe(300);
  expect(recording.rate('polls', 30, 150).mean * 120).toBeLessThan(5 * 16);
  const [longest = 0] = recording.delays(30, 120, [1]);
  expect(longest).toBeLessThan(30_000);
});
