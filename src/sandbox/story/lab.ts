import type { InkeepSandbox } from '../inkeep/index.js';
import { addStoryAgent, addStoryTool, datesFrom, type StoryAgent, type StoryTool } from './rows.js';

const TOOLS: readonly StoryTool[] = [
  {
    id: 'echo',
    name: 'Echo',
    about: 'Answers at once with what it was sent',
    offers: [['echo', 'Say it again', 'text']],
  },
  {
    id: 'molasses',
    name: 'Molasses',
    about: 'Answers after four seconds',
    offers: [['echo', 'Say it again, later', 'text']],
    mcp: { mode: 'slow', delayMs: 4000 },
  },
  {
    id: 'black-hole',
    name: 'Black hole',
    about: 'Never answers: each probe takes as long as the API waits for it',
    offers: [['swallow', 'Nothing comes back', 'text']],
    mcp: { mode: 'hang' },
  },
];

const AGENT: StoryAgent = {
  id: 'crash-test',
  name: 'Crash test',
  about: 'Tries what happens when tools do not answer',
  prompt: 'Call every tool once and report how long it took.',
  subAgents: [
    {
      id: 'prober',
      name: 'Prober',
      about: 'Uses the good and the bad tools',
      prompt: 'Do not wait for a tool longer than the person you talk to would.',
      uses: [['echo'], ['molasses'], ['black-hole']],
    },
  ],
};

/** A separate project for the tool that hangs, so that it delays no other list. */
export function seedLab(inkeep: InkeepSandbox): void {
  const nextDate = datesFrom('2025-01-13', 3);
  inkeep.addProject({
    id: 'lab',
    name: 'Lab',
    description: 'Tools that are slow or never answer',
    createdAt: nextDate(),
  });
  for (const tool of TOOLS.toReversed()) addStoryTool(inkeep, tool, nextDate());
  addStoryAgent(inkeep, AGENT, nextDate);
}
