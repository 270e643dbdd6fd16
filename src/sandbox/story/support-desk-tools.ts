import type { StoryTool } from './rows.js';

/** The MCP servers of the support desk. The last ones have problems. */
export const SUPPORT_DESK_TOOLS: readonly StoryTool[] = [
  {
    id: 'zendesk',
    name: 'Zendesk',
    about: 'Tickets, their comments and macros',
    offers: [
      ['search_tickets', 'Find tickets by text, requester or tag', 'query'],
      ['get_ticket', 'Read a ticket with its comments', 'ticketId'],
      ['reply_to_ticket', 'Send a public reply', 'ticketId', 'body'],
      ['set_ticket_status', 'Open, hold, solve or close a ticket', 'ticketId', 'status'],
    ],
    row: { headers: { Authorization: 'Bearer zd-secret-3f9a1c77d2e84b10', 'X-Zendesk-Subdomain': 'tidewater' } },
    mcp: { instructions: 'Read the whole ticket before you reply. Never close a ticket that awaits the customer.' },
  },
  {
    id: 'intercom',
    name: 'Intercom',
    about: 'Live chat with customers',
    offers: [
      ['list_conversations', 'Conversations that await an answer', 'teamId'],
      ['send_message', 'Write into a conversation', 'conversationId', 'body'],
      ['assign_conversation', 'Hand a conversation to a person or team', 'conversationId', 'assigneeId'],
    ],
    row: { headers: { Authorization: 'Bearer ic-secret-b81de2f09a4c4c6f' } },
  },
  {
    id: 'help-center',
    name: 'Help center search',
    about: 'Published articles of the help center, in nine languages',
    offers: [
      ['search_articles', 'Full-text search in published articles', 'query', 'locale'],
      ['get_article', 'Read an article', 'articleId'],
    ],
    mcp: { instructions: 'Prefer articles over memory, and quote their address.' },
  },
  {
    id: 'notion',
    name: 'Notion',
    about: 'Internal handbook and runbooks',
    offers: [
      ['search', 'Find pages', 'query'],
      ['fetch', 'Read a page', 'pageId'],
    ],
  },
  {
    id: 'confluence',
    name: 'Confluence',
    about: 'Engineering documentation',
    offers: [
      ['search_pages', 'Find pages by text', 'cql'],
      ['get_page', 'Read a page', 'pageId'],
    ],
  },
  {
    id: 'linear',
    name: 'Linear',
    about: 'Bugs and feature requests of the product teams',
    offers: [
      ['search_issues', 'Find issues', 'query'],
      ['create_issue', 'Report a bug or a wish', 'title', 'description', 'teamKey'],
      ['link_ticket', 'Connect an issue with a support ticket', 'issueId', 'ticketUrl'],
    ],
    row: { headers: { Authorization: 'lin-secret-6d5e0b9c71aa4e2d' } },
  },
  {
    id: 'jira',
    name: 'Jira',
    about: 'Work of the platform teams',
    offers: [
      ['search_issues', 'Find issues by JQL', 'jql'],
      ['add_comment', 'Comment on an issue', 'issueKey', 'body'],
    ],
  },
  {
    id: 'github',
    name: 'GitHub',
    about: 'Releases and known issues of the client libraries',
    offers: [
      ['list_releases', 'Releases of a repository', 'repository'],
      ['search_issues', 'Find issues and pull requests', 'query'],
    ],
    row: { headers: { Authorization: 'Bearer gh-secret-0c4f7a2e9b1d4f58' } },
  },
  {
    id: 'slack',
    name: 'Slack',
    about: 'Ask and tell colleagues',
    offers: [
      ['post_message', 'Write into a channel', 'channel', 'text'],
      ['search_messages', 'Find messages', 'query'],
    ],
  },
  {
    id: 'pagerduty',
    name: 'PagerDuty',
    about: 'Who is on call, and how to wake them',
    offers: [
      ['get_on_call', 'Who is on call for a service', 'service'],
      ['trigger_incident', 'Wake the person on call', 'service', 'title', 'severity'],
    ],
    row: { headers: { 'X-Api-Key': 'pd-secret-f2a9d3b47c6e4a01' } },
  },
  {
    id: 'datadog',
    name: 'Datadog',
    about: 'Error rates and latencies of the product',
    offers: [
      ['query_metric', 'Values of a metric over time', 'query', 'from', 'to'],
      ['list_monitors', 'Monitors and their states', 'tag'],
    ],
  },
  {
    id: 'launchdarkly',
    name: 'LaunchDarkly',
    about: 'Which features an account has switched on',
    offers: [
      ['list_flags', 'Feature flags of an account', 'accountId'],
      ['explain_flag', 'Why an account sees a feature', 'accountId', 'flag'],
    ],
  },
  {
    id: 'stripe',
    name: 'Stripe',
    about: 'Payments, invoices and refunds',
    offers: [
      ['find_customer', 'Customer by e-mail address or id', 'query'],
      ['list_invoices', 'Invoices of a customer, newest first', 'customerId'],
      ['create_refund', 'Pay back a charge, whole or in part', 'chargeId', 'amount'],
      ['cancel_subscription', 'End a subscription at the end of its period', 'subscriptionId'],
    ],
    row: { headers: { Authorization: 'Bearer st-secret-9e27c05d8f1b4a63' } },
    mcp: { instructions: 'Amounts are in the smallest unit of the currency.' },
  },
  {
    id: 'chargebee',
    name: 'Chargebee',
    about: 'Plans, add-ons and renewals',
    offers: [
      ['get_subscription', 'A subscription with its plan', 'subscriptionId'],
      ['preview_change', 'What a change of plan would cost', 'subscriptionId', 'planId'],
    ],
  },
  {
    id: 'avalara',
    name: 'Avalara',
    about: 'Sales tax and VAT',
    offers: [
      ['calculate_tax', 'Tax on an amount at an address', 'amount', 'country', 'postalCode'],
      ['validate_vat_id', 'Whether a VAT number is registered', 'vatId'],
    ],
  },
  {
    id: 'docusign',
    name: 'DocuSign',
    about: 'Order forms and data processing agreements',
    offers: [
      ['send_envelope', 'Send a document for signature', 'templateId', 'email'],
      ['get_envelope_status', 'How far a signature is', 'envelopeId'],
    ],
  },
  {
    id: 'hubspot',
    name: 'HubSpot',
    about: 'Company records and owners',
    offers: [
      ['find_company', 'Company by domain', 'domain'],
      ['log_note', 'Write a note on a record', 'recordId', 'body'],
    ],
  },
  {
    id: 'google-calendar',
    name: 'Google Calendar',
    about: 'Training sessions with customers, in the calendar of the signed-in user',
    offers: [
      ['find_free_slots', 'Free time of several people', 'emails', 'duration'],
      ['create_event', 'Invite people', 'title', 'start', 'emails'],
    ],
    row: { credentialScope: 'user' },
  },
  {
    id: 'zoom',
    name: 'Zoom',
    about: 'Video calls and their recordings',
    offers: [
      ['create_meeting', 'Plan a call', 'topic', 'start'],
      ['list_recordings', 'Recordings of a meeting', 'meetingId'],
    ],
  },
];
