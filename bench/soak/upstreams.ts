import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import type { RedisServer } from '../redis.js';

const TOOLS = 40;

/** The sandbox with the project `soak`: an agent that uses all of its tools, of which one hangs and one is slow. */
export async function startUpstreams(): Promise<Sandbox> {
  const sandbox = await startSandbox({ discoveryMs: 5, flipMs: 0, katavenPerMinute: 0, katavenInFlight: 1_000 });
  const { inkeep } = sandbox;
  inkeep.seedGrid({
    tenantId: 'default',
    projectId: 'soak',
    tools: TOOLS,
    agents: 1,
    subAgentsPerAgent: 8,
    relationsPerAgent: TOOLS,
  });
  inkeep.setMcp('tool-039', { mode: 'hang' });
  return sandbox;
}

/** What can fail, and how it comes back. */
export interface Part {
  readonly name: string;
  fail(): void | Promise<void>;
  recover(): void | Promise<void>;
}

export function partsOf({ inkeep, kataven }: Sandbox, redis: RedisServer): Part[] {
  const upstream = (name: string, server: Sandbox['inkeep'] | Sandbox['kataven']): Part => ({
    name,
    fail: () => server.fault({ kind: 'reset', count: 1_000_000_000 }),
    recover: () => server.reset(),
  });
  const both = [upstream('Inkeep', inkeep), upstream('Kataven', kataven)];
  const redisPart: Part = { name: 'Redis', fail: () => redis.kill(), recover: () => redis.start() };
  return [...both, redisPart, joined([...both, redisPart])];
}

function joined(parts: readonly Part[]): Part {
  return {
    name: 'all of them',
    fail: async () => void (await Promise.all(parts.map((part) => part.fail()))),
    recover: async () => void (await Promise.all(parts.map((part) => part.recover()))),
  };
}
