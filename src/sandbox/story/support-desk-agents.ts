import type { StoryAgent } from './rows.js';

const APPROVED_REFUNDS = { toolPolicies: { create_refund: { needsApproval: true } } };
const READ_ONLY_TICKETS = { selectedTools: ['search_tickets', 'get_ticket'] };

const TRIAGE: StoryAgent = {
  id: 'triage',
  name: 'Ticket triage',
  about: 'First contact: sorts, answers what is known, and hands on the rest',
  prompt: 'You work for Tidewater, which makes accounting software for small companies. Be brief, kind and exact.',
  subAgents: [
    {
      id: 'router',
      name: 'Router',
      about: 'Decides who takes a ticket',
      prompt:
        'Read the ticket and name its topic: billing, bug, how-to or account. Money always goes to the billing agent. ' +
        'If the customer writes that they cannot work at all, hand over to escalation at once.',
      uses: [
        ['zendesk', READ_ONLY_TICKETS],
        ['intercom', { selectedTools: ['list_conversations', 'assign_conversation'] }],
        ['hubspot', { selectedTools: ['find_company'] }],
        ['statuspage', { selectedTools: ['list_incidents'] }],
      ],
    },
    {
      id: 'knowledge',
      name: 'Knowledge',
      about: 'Answers how-to questions from the documentation',
      prompt:
        'Answer from the help center, and link the article you used. If two articles disagree, trust the newer one and ' +
        'report the older in #docs. Say so when you do not know.',
      uses: [
        ['help-center'],
        ['notion', { headers: { 'X-Handbook-Space': 'support' } }],
        ['confluence', { selectedTools: ['search_pages'] }],
        ['github'],
        ['launchdarkly', { selectedTools: ['list_flags'] }],
        ['zendesk', { selectedTools: ['get_ticket', 'reply_to_ticket'] }],
      ],
    },
    {
      id: 'escalation',
      name: 'Escalation',
      about: 'Wakes people when customers cannot work',
      prompt:
        'Check the monitors first. If error rates are up, trigger an incident for the service and tell #support-urgent. ' +
        'If they are not, file a bug with steps to reproduce and tell the customer what happens next.',
      uses: [
        ['pagerduty', { toolPolicies: { trigger_incident: { needsApproval: true } } }],
        ['datadog'],
        ['sentry'],
        ['linear', { headers: { 'X-Linear-Team': 'SUP' } }],
        ['slack', { selectedTools: ['post_message'], headers: { 'X-Slack-Channel': 'support-urgent' } }],
        ['statuspage', { toolPolicies: { post_update: { needsApproval: true } } }],
      ],
    },
    {
      id: 'bug-reporter',
      name: 'Bug reporter',
      about: 'Turns tickets into issues engineers can work with',
      prompt: 'Look for an open issue before you write a new one. Title: what happens, where, since which version.',
      uses: [
        ['linear'],
        ['jira'],
        ['github', { selectedTools: ['search_issues'] }],
        ['zendesk', READ_ONLY_TICKETS],
        ['sentry'],
      ],
    },
  ],
};

const BILLING: StoryAgent = {
  id: 'billing',
  name: 'Billing helper',
  about: 'Everything about money',
  prompt: 'You answer questions about invoices and payments. Never promise a refund before it is approved.',
  subAgents: [
    {
      id: 'invoices',
      name: 'Invoices',
      about: 'Finds and explains invoices',
      prompt: 'Explain each line in plain words. Invoices older than March 2023 are in the legacy system.',
      uses: [
        ['stripe', { selectedTools: ['find_customer', 'list_invoices'] }],
        ['legacy-billing'],
        ['quickbooks'],
        ['zendesk', READ_ONLY_TICKETS],
      ],
    },
    {
      id: 'refunds',
      name: 'Refunds',
      about: 'Pays money back, after approval',
      prompt:
        'Refund a double charge without discussion. Anything else above 200 dollars needs the reason in a ticket.',
      uses: [
        ['stripe', APPROVED_REFUNDS],
        ['slack', { selectedTools: ['post_message'], headers: { 'X-Slack-Channel': 'refunds' } }],
        ['zendesk'],
      ],
    },
    {
      id: 'subscriptions',
      name: 'Subscriptions',
      about: 'Changes of plan, renewals and cancellations',
      prompt: 'Show what a change costs before you make it. Ask once why a customer leaves, and never twice.',
      uses: [
        ['chargebee'],
        [
          'stripe',
          { selectedTools: ['cancel_subscription'], toolPolicies: { cancel_subscription: { needsApproval: true } } },
        ],
        ['salesforce'],
        ['snowflake'],
      ],
    },
    {
      id: 'tax',
      name: 'Tax',
      about: 'VAT numbers, exemptions and tax on invoices',
      prompt: 'Check the VAT number before you take tax off an invoice. Tax advice is not ours to give: say so.',
      uses: [
        ['avalara'],
        ['quickbooks', { selectedTools: [] }],
        ['docusign', { selectedTools: ['get_envelope_status'] }],
      ],
    },
  ],
};

const ONBOARDING: StoryAgent = {
  id: 'onboarding',
  name: 'Onboarding',
  about: 'The first thirty days of a customer',
  prompt: 'New customers have little time. One step at a time, and always say how long it takes.',
  subAgents: [
    {
      id: 'welcome',
      name: 'Welcome',
      about: 'Greets new customers and plans their first steps',
      prompt: 'Ask what they used before and how many people will work with the product. Then plan three steps.',
      uses: [['hubspot'], ['intercom'], ['help-center'], ['docusign']],
    },
    {
      id: 'data-import',
      name: 'Data import',
      about: 'Brings books over from other software',
      prompt: 'Have the file checked before every import. Never import into books that already hold entries.',
      uses: [['csv-import'], ['quickbooks'], ['help-center', { selectedTools: ['search_articles'] }], ['snowflake']],
    },
    {
      id: 'training',
      name: 'Training',
      about: 'Plans training sessions',
      prompt: 'Offer three times in the time zone of the customer. Sessions take 45 minutes and are recorded.',
      uses: [['google-calendar'], ['zoom', { toolPolicies: { create_meeting: { needsApproval: false } } }], ['notion']],
    },
  ],
};

export const SUPPORT_DESK_AGENTS: readonly StoryAgent[] = [TRIAGE, BILLING, ONBOARDING];
