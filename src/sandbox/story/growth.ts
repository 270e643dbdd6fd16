import type { InkeepSandbox } from '../inkeep/index.js';
import type { McpMode } from '../inkeep/mcp/mcp-servers.js';
import { addStoryAgent, addStoryTool, datesFrom, type StoryAgent, type StoryTool } from './rows.js';

const VENDORS = [
  'Amplitude',
  'Apollo',
  'Braze',
  'Clearbit',
  'Customer.io',
  'G2',
  'Google Ads',
  'Gong',
  'LinkedIn Ads',
  'Mailchimp',
  'Marketo',
  'Meta Ads',
  'Mixpanel',
  'Outreach',
  'Segment',
  'Webflow',
];

const CAPABILITIES = ['contacts', 'campaigns', 'audiences', 'reports', 'events', 'templates', 'forms', 'webhooks'];

const AGENTS: readonly StoryAgent[] = [
  {
    id: 'outbound',
    name: 'Outbound',
    about: 'Finds companies that could use the product and writes to them',
    prompt: 'Write like a person. No more than two messages to anyone who does not answer.',
    subAgents: [
      {
        id: 'researcher',
        name: 'Researcher',
        about: 'Collects what is public about a company',
        prompt: 'Name your source for each fact. Leave out what you would not say to their face.',
        uses: [
          ['clearbit-contacts'],
          ['apollo-contacts'],
          ['apollo-audiences'],
          ['g2-reports'],
          ['linkedin-ads-audiences'],
        ],
      },
      {
        id: 'writer',
        name: 'Writer',
        about: 'Drafts first messages',
        prompt: 'Five sentences at most. The first one is about them, not about us.',
        uses: [
          ['outreach-templates'],
          ['outreach-campaigns', { toolPolicies: { create: { needsApproval: true } } }],
          ['gong-events'],
        ],
      },
    ],
  },
  {
    id: 'lifecycle',
    name: 'Lifecycle',
    about: 'Messages to customers at the right moment',
    prompt: 'Fewer messages are better. Never write to a customer with an open complaint.',
    subAgents: [
      {
        id: 'segmenter',
        name: 'Segmenter',
        about: 'Decides who belongs to an audience',
        prompt: 'State the rule of an audience in one sentence, then count it, then save it.',
        uses: [['segment-audiences'], ['amplitude-events'], ['mixpanel-reports'], ['braze-audiences']],
      },
      {
        id: 'campaigner',
        name: 'Campaigner',
        about: 'Sends campaigns and reads their results',
        prompt: 'Test every campaign on a tenth of the audience first.',
        uses: [
          ['braze-campaigns'],
          ['mailchimp-campaigns'],
          ['customer-io-templates'],
          ['meta-ads-reports'],
          ['google-ads-reports'],
        ],
      },
    ],
  },
];

/** A second project with 128 tools, so that lists have pages. */
export function seedGrowth(inkeep: InkeepSandbox): void {
  const nextDate = datesFrom('2025-02-03', 5);
  inkeep.addProject({
    id: 'growth',
    name: 'Growth',
    description: 'Marketing and sales of Tidewater',
    models: { base: { model: 'openai/gpt-4o-mini' } },
    createdAt: nextDate(),
  });
  for (const tool of toolsOf().toReversed()) addStoryTool(inkeep, tool, nextDate());
  for (const agent of AGENTS.toReversed()) addStoryAgent(inkeep, agent, nextDate);
}

function toolsOf(): StoryTool[] {
  const pairs = VENDORS.flatMap((vendor) => CAPABILITIES.map((capability) => [vendor, capability] as const));
  return pairs.map(([vendor, capability], n) => ({
    id: `${vendor.toLowerCase().replace(/[ .]/g, '-')}-${capability}`,
    name: `${vendor} ${capability}`,
    about: `Reads and changes ${capability} in ${vendor}`,
    offers: [
      ['list', `${capability} by text`, 'query'],
      ['get', `One of the ${capability}`, 'id'],
      ['create', `Add to the ${capability}`, 'name'],
    ],
    mcp: { mode: modeOf(n) },
  }));
}

function modeOf(n: number): McpMode {
  if (n % 23 === 11) return 'reset';
  return n % 17 === 8 ? 'needs_auth' : 'healthy';
}
