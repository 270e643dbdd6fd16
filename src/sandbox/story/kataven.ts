import type { KatavenSandbox } from '../kataven/index.js';
import { CLINIC_AGENTS } from './clinic-agents.js';
import { CLINIC_TOOLS } from './clinic-tools.js';

/** The sample data: the voice agents of a family doctor's clinic, their tools and rows. */
export function seedKatavenStory(kataven: KatavenSandbox): void {
  for (const tool of CLINIC_TOOLS) kataven.addTool(tool);
  // The list shows the newest first, so agents are added in reverse order.
  for (const { tools, ...agent } of CLINIC_AGENTS.toReversed()) {
    kataven.addAgent(agent);
    for (const row of tools) kataven.addRow({ agent_id: agent.id, ...row });
  }
}
