import type { StoryTool } from './rows.js';

/** MCP servers of the support desk that together have every status. */
export const SUPPORT_DESK_TROUBLES: readonly StoryTool[] = [
  {
    id: 'statuspage',
    name: 'Statuspage',
    about: 'Public incidents. Its server is restarted all the time: watch its status',
    offers: [
      ['list_incidents', 'Open incidents'],
      ['post_update', 'Tell subscribers how far an incident is', 'incidentId', 'body'],
    ],
    mcp: { mode: 'flapping' },
  },
  {
    id: 'snowflake',
    name: 'Snowflake',
    about: 'Usage figures. Slow, but it answers',
    offers: [['run_report', 'Run a saved report for an account', 'report', 'accountId']],
    mcp: { mode: 'slow' },
  },
  {
    id: 'salesforce',
    name: 'Salesforce',
    about: 'Contracts and account teams. Its login has run out',
    offers: [['get_account', 'Account with its team', 'domain']],
    row: { credentialReferenceId: 'salesforce-oauth' },
    mcp: { mode: 'needs_auth' },
  },
  {
    id: 'quickbooks',
    name: 'QuickBooks',
    about: 'Ledger of the finance team. Nobody has signed in yet',
    offers: [['find_entry', 'Ledger entries of an invoice', 'invoiceNumber']],
    row: { imageUrl: null },
    mcp: { mode: 'needs_auth' },
  },
  {
    id: 'legacy-billing',
    name: 'Legacy billing',
    about: 'Invoices from before the move to Stripe. Switched off most of the time',
    offers: [['get_old_invoice', 'Invoice by its old number', 'number']],
    row: { imageUrl: null, headers: { 'X-Api-Key': 'lb-secret-77b0e4d19c3f42a8' } },
    mcp: { mode: 'reset' },
  },
  {
    id: 'sentry',
    name: 'Sentry',
    about: 'Crashes reported by the apps. Its server answers with errors',
    offers: [['search_errors', 'Find crashes', 'query']],
    mcp: { mode: 'http500' },
  },
  {
    id: 'csv-import',
    name: 'CSV import checker',
    about: 'Checks customer files before an import. The address is that of a web page, not of an MCP server',
    offers: [['check_file', 'Find rows that would be refused', 'fileUrl']],
    row: { imageUrl: null },
    mcp: { mode: 'not_mcp' },
  },
];
