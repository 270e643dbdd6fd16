import type { KatavenSandbox } from '../kataven/index.js';
import { CLINIC_AGENTS } from './clinic-agents.js';
import { CLINIC_TOOLS } from './clinic-tools.js';

/** The sample data: the voice agents of a family doctor's clinic, their tools and rows. */
export function tellKatavenStory(kataven: KatavenSandbox): void {
  for (const tool of CLINIC_TOOLS) kataven.addTool(tool);
  // The list shows the newest first, so what the story tells first is added last.
  for (const { tools, ...agent } of CLINIC_AGENTS.toReversed()) {
    kataven.addAgent(agent);
    for (const row of tools) kataven.addRow({ agent_id: agent.id, ...row });
  }
}
