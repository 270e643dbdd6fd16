import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  AgentEditorDocument,
  AgentPickerDocument,
  AgentsOfAllProjectsDocument,
  BeforeDeletingAToolDocument,
  McpServerDocument,
  McpServerFormDocument,
  McpServersDeferredDocument,
  McpServersDocument,
  McpServersWithStatusDocument,
  ProjectHeaderDocument,
} from '../../schema/generated/graphql.js';
import { startGateway } from '../support/gateway.js';

const projectId = 'support-desk';
const toolId = 'zendesk';
const id = Buffer.from(`Tool:default/${projectId}/${toolId}`).toString('base64url');

/** The pages of a dashboard, and what reaches the upstream for each. */
const PAGES = [
  {
    document: ProjectHeaderDocument,
    variables: { projectId },
    calls: { 'get-project-by-id': 1, 'get-project-permissions': 1 },
  },
  { document: McpServersDocument, variables: { projectId }, calls: { 'list-tools': 1 } },
  {
    document: McpServersWithStatusDocument,
    variables: { projectId },
    calls: { 'get-project-by-id': 1, 'list-tools': 1 },
    probes: 26,
  },
  {
    // To a client that does not receive parts.
    document: McpServersDeferredDocument,
    variables: { projectId },
    calls: { 'get-project-by-id': 1, 'list-tools': 1 },
    probes: 26,
  },
  {
    document: McpServerDocument,
    variables: { projectId, toolId },
    calls: { 'get-tool': 1, 'get-user-credential-for-tool': 1 },
    probes: 1,
  },
  {
    document: McpServerFormDocument,
    variables: { projectId, toolId },
    calls: { 'list-credentials': 1, 'list-tools': 1 },
  },
  {
    document: AgentEditorDocument,
    variables: { projectId, agentId: 'triage' },
    calls: {
      'get-agent': 1,
      'get-project-permissions': 1,
      'list-subagent-tool-relations': 1,
      'list-subagents': 1,
      'list-tools': 1,
    },
  },
  { document: AgentPickerDocument, variables: { projectId }, calls: { 'list-agents': 1 } },
  { document: AgentsOfAllProjectsDocument, variables: {}, calls: { 'list-agents': 3, 'list-projects': 1 } },
  {
    document: BeforeDeletingAToolDocument,
    variables: { id },
    calls: { 'get-subagents-for-tool': 3, 'list-agents': 1, 'list-tools': 1 },
  },
];

const nameOf = (document: { toString(): string }) => /query (\w+)/.exec(document.toString())?.[1] ?? '';

test.each(PAGES.map((page) => ({ ...page, name: nameOf(page.document) })))(
  '$name makes as few calls as it says',
  async ({ document, variables, calls, probes = 0 }) => {
    const gateway = await startGateway();
    const { data, errors } = await gateway.query(document.toString(), variables);
    expect(errors).toBeUndefined();
    for (const field of Object.values(data)) expect(field).not.toBeNull();
    expect(gateway.calls()).toEqual(calls);
    expect(gateway.sandbox.inkeep.probes).toBe(probes);
  },
);

test('every page is tried', () => {
  const files = readdirSync(new URL('../../schema/operations/pages/', import.meta.url));
  const names = PAGES.map(({ document }) => nameOf(document).toLowerCase());
  expect(files.map((file) => file.replace(/\.graphql$|-/g, '')).sort()).toEqual(names.sort());
});
