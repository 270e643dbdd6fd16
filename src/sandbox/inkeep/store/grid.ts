import type { Seeding } from './seeding.js';

/** The project and the size of a seeded grid. */
export interface Grid {
  readonly tenantId: string;
  readonly projectId: string;
  readonly tools: number;
  readonly agents: number;
  readonly subAgentsPerAgent: number;
  readonly relationsPerAgent: number;
}

/**
 * Seeds a project of regular shape: tools `tool-000` …, agents `agent-0` …, sub-agents `sub-0-00` … (agent, number).
 * Relation k of an agent gives tool k to sub-agent k, both modulo their number: with 250 tools and relations and 50 sub-agents
 * each sub-agent has five tools, and each tool is used once per agent. Every row is a second newer than the one before.
 */
export function seedGrid(seeding: Seeding, grid: Grid): void {
  const { tenantId, projectId, tools, agents, subAgentsPerAgent, relationsPerAgent } = grid;
  seeding.addProject({ tenantId, id: projectId });
  for (let n = 0; n < tools; n++) seeding.addTool({ id: toolId(n), name: `Tool ${number(n, 3)}` });
  for (let a = 0; a < agents; a++) {
    const subAgentId = (n: number) => `sub-${a}-${number(n, 2)}`;
    seeding.addAgent({ id: `agent-${a}`, name: `Agent ${a}`, defaultSubAgentId: subAgentId(0) });
    for (let n = 0; n < subAgentsPerAgent; n++) {
      seeding.addSubAgent({ id: subAgentId(n), name: `Sub-agent ${a}-${number(n, 2)}` });
    }
    for (let k = 0; k < relationsPerAgent; k++) {
      seeding.addRelation({ subAgentId: subAgentId(k % subAgentsPerAgent), toolId: toolId(k % tools) });
    }
  }
}

function toolId(n: number): string {
  return `tool-${number(n, 3)}`;
}

function number(n: number, digits: number): string {
  return String(n).padStart(digits, '0');
}
