import type { InkeepSandbox } from '../inkeep/index.js';
import { seedGrowth } from './growth.js';
import { seedLab } from './lab.js';
import { addStoryAgent, addStoryTool, datesFrom } from './rows.js';
import { SUPPORT_DESK_AGENTS } from './support-desk-agents.js';
import { SUPPORT_DESK_TOOLS } from './support-desk-tools.js';
import { SUPPORT_DESK_TROUBLES } from './support-desk-troubles.js';

/** The sample data: tenant `default` of a company that makes accounting software, with three projects. */
export function seedInkeepStory(inkeep: InkeepSandbox): void {
  seedLab(inkeep);
  seedGrowth(inkeep);
  seedSupportDesk(inkeep);
}

function seedSupportDesk(inkeep: InkeepSandbox): void {
  const nextDate = datesFrom('2025-03-17', 19);
  inkeep.addProject({
    id: 'support-desk',
    name: 'Support desk',
    description: 'Customer support of Tidewater, accounting software for small companies',
    models: { base: { model: 'openai/gpt-4o' }, summarizer: { model: 'openai/gpt-4o-mini' } },
    stopWhen: { transferCountIs: 10 },
    createdAt: nextDate(),
  });
  addCredentials(inkeep, nextDate);
  const tools = [...SUPPORT_DESK_TOOLS, ...SUPPORT_DESK_TROUBLES];
  for (const tool of tools.toReversed()) addStoryTool(inkeep, tool, nextDate());
  for (const agent of SUPPORT_DESK_AGENTS.toReversed()) addStoryAgent(inkeep, agent, nextDate);
}

function addCredentials(inkeep: InkeepSandbox, nextDate: () => string): void {
  inkeep.addUserCredential({
    id: 'google-calendar-user',
    name: 'Google Calendar of the sandbox user',
    type: 'nango',
    credentialStoreId: 'nango-default',
    retrievalParams: { connectionId: 'conn-2b7e151628aed2a6', providerConfigKey: 'google-calendar' },
    toolId: 'google-calendar',
    createdBy: 'ada@tidewater.example',
    expiresAt: '2027-01-31T12:00:00.000Z',
    createdAt: nextDate(),
  });
  inkeep.addUserCredential({
    id: 'salesforce-oauth',
    name: 'Salesforce login of the support team',
    type: 'nango',
    credentialStoreId: 'nango-default',
    retrievalParams: { connectionId: 'conn-abf7158809cf4f3c', providerConfigKey: 'salesforce' },
    toolId: 'salesforce',
    userId: null,
    createdBy: 'grace@tidewater.example',
    expiresAt: '2025-10-01T00:00:00.000Z',
    createdAt: nextDate(),
  });
}
