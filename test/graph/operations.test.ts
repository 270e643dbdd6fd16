import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { expect, onTestFinished, test } from 'vitest';
import {
  AgentDeepDocument,
  AgentsWithToolsDocument,
  AttachToolDocument,
  AttachToolToVoiceAgentDocument,
  LiveStatusDocument,
  type LiveStatusSubscription,
  ToolWithLiveStatusDocument,
  TypedErrorDocument,
  UpdateToolDocument,
  VoiceAgentsWithToolsDocument,
  WhoUsesThisToolDocument,
} from '../../schema/generated/graphql.js';
import { startGateway, type TestGateway } from '../support/gateway.js';

const DOCUMENTS = [
  AgentDeepDocument,
  AgentsWithToolsDocument,
  AttachToolDocument,
  AttachToolToVoiceAgentDocument,
  LiveStatusDocument,
  ToolWithLiveStatusDocument,
  TypedErrorDocument,
  UpdateToolDocument,
  VoiceAgentsWithToolsDocument,
  WhoUsesThisToolDocument,
];

function katavenCalls(gateway: TestGateway): string[] {
  return gateway.sandbox.kataven.requests.map(({ operation }) => operation).sort();
}

test('this file runs every example operation', () => {
  const folder = new URL('../../schema/operations/', import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.graphql'));
  const names = files.map(
    (file) => /^(?:query|mutation|subscription) (\w+)/m.exec(readFileSync(new URL(file, folder), 'utf8'))?.[1],
  );
  const tried = DOCUMENTS.map((document) => /(?:query|mutation|subscription) (\w+)/.exec(document.toString())?.[1]);
  expect(tried.sort()).toEqual(names.sort());
});

test('AgentsWithTools reads the agents of the support desk with their tools, with six calls', async () => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(AgentsWithToolsDocument);
  expect(errors).toBeUndefined();
  expect(data?.project?.name).toBe('Support desk');
  const agents = data?.project?.agents?.nodes.map(({ name, tools }) => [name, tools?.totalCount]);
  expect(agents).toEqual([
    ['Ticket triage', 15],
    ['Billing helper', 10],
    ['Onboarding', 10],
  ]);
  const tools = data?.project?.agents?.nodes.flatMap((agent) => agent.tools?.nodes ?? []) ?? [];
  expect(tools.every((tool) => tool.name && tool.config?.url)).toBe(true);
  expect(gateway.calls()).toEqual({
    'get-project-by-id': 1,
    'list-agents': 1,
    'list-subagent-tool-relations': 3,
    'list-tools': 1,
  });
  expect(gateway.sandbox.inkeep.probes).toBe(0);
});

test('AgentDeep reads an agent down to the tools of each sub-agent, with four calls', async () => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(AgentDeepDocument);
  expect(errors).toBeUndefined();
  expect(data?.agent?.subAgents?.nodes.map(({ name }) => name)).toEqual([
    'Router',
    'Knowledge',
    'Escalation',
    'Bug reporter',
  ]);
  const router = data?.agent?.subAgents?.nodes[0]?.toolRelations?.nodes;
  expect(router?.map(({ tool, selectedTools }) => [tool?.name, selectedTools])).toContainEqual([
    'Zendesk',
    ['search_tickets', 'get_ticket'],
  ]);
  expect(gateway.calls()).toEqual({
    'get-agent': 1,
    'list-subagents': 1,
    'list-subagent-tool-relations': 1,
    'list-tools': 1,
  });
});

test('ToolWithLiveStatus probes one MCP server, with one call', async () => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(ToolWithLiveStatusDocument);
  expect(errors).toBeUndefined();
  expect(data?.tool).toMatchObject({ name: 'Statuspage', status: 'HEALTHY', lastError: null });
  expect(data?.tool?.availableTools?.map(({ name }) => name)).toEqual(['list_incidents', 'post_update']);
  expect(gateway.calls()).toEqual({ 'get-tool': 1 });
});

test('WhoUsesThisTool finds the sub-agents of all agents, with one call per agent and two more', async () => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(WhoUsesThisToolDocument);
  expect(errors).toBeUndefined();
  const users = data?.tool?.relations?.nodes.map(({ agent, subAgent }) => `${agent.name}: ${subAgent?.name}`);
  expect(users?.sort()).toEqual([
    'Billing helper: Invoices',
    'Billing helper: Refunds',
    'Ticket triage: Bug reporter',
    'Ticket triage: Knowledge',
    'Ticket triage: Router',
  ]);
  expect(data?.tool?.relations?.totalCount).toBe(5);
  expect(gateway.calls()).toEqual({ 'list-tools': 1, 'list-agents': 1, 'get-subagents-for-tool': 3 });
});

test('AttachTool attaches Slack to the router, and returns UNCHANGED the second time', async () => {
  const gateway = await startGateway();
  const attach = async () => {
    const { data, errors } = await gateway.query(AttachToolDocument);
    expect(errors).toBeUndefined();
    return data?.attachToolToSubAgent;
  };
  const stored = {
    relation: { selectedTools: ['post_message'], subAgent: { name: 'Router' }, tool: { name: 'Slack' } },
  };
  expect(await attach()).toMatchObject({ outcome: 'CREATED', ...stored });
  gateway.forget();
  expect(await attach()).toMatchObject({ outcome: 'UNCHANGED', ...stored });
  const writes = gateway.sandbox.inkeep.requests.filter(({ method }) => method !== 'GET');
  expect(writes).toEqual([]);
});

test('AttachTool names each id that is wrong', async () => {
  const gateway = await startGateway();
  const { data } = await gateway.query(String(AttachToolDocument), { subAgent: 'router', tool: 'slack' });
  expect(data?.attachToolToSubAgent.issues).toMatchObject([{ path: ['subAgent'] }, { path: ['tool'] }]);
});

test('UpdateTool changes one field, clears another and keeps the rest', async () => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(UpdateToolDocument);
  expect(errors).toBeUndefined();
  expect(data?.updateTool).toMatchObject({
    tool: { name: 'Confluence', description: 'Runbooks and product specifications', imageUrl: null, status: 'HEALTHY' },
  });
  const [write] = gateway.sandbox.inkeep.requests.filter(({ method }) => method !== 'GET');
  expect([write?.method, write?.body]).toEqual([
    'PUT',
    { description: 'Runbooks and product specifications', imageUrl: '' },
  ]);
});

test('TypedError reports every problem of the input, without an upstream call', async () => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(TypedErrorDocument);
  expect(errors).toBeUndefined();
  const result = data?.createTool;
  expect(result).toMatchObject({ code: 'INVALID_INPUT' });
  const issues = result && 'issues' in result ? result.issues.map(({ path }) => path.join('.')) : [];
  expect(issues.sort()).toEqual(['config.url', 'name', 'toolId']);
  expect(gateway.sandbox.inkeep.count()).toBe(0);
});

test('VoiceAgentsWithTools reads three agents with their tools, with five calls', async () => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(VoiceAgentsWithToolsDocument);
  expect(errors).toBeUndefined();
  expect(data?.voiceAgents?.totalCount).toBe(6);
  expect(data?.voiceAgents?.nodes.map(({ name, agentTools }) => [name, agentTools?.length])).toEqual([
    ['Front desk', 9],
    ['Refills', 5],
    ['After hours', 6],
  ]);
  expect(katavenCalls(gateway)).toEqual([
    'list-agent-tools',
    'list-agent-tools',
    'list-agent-tools',
    'list-agents',
    'list-tools',
  ]);
});

test('AttachToolToVoiceAgent attaches a tool to the front desk, and returns UNCHANGED the second time', async () => {
  const gateway = await startGateway();
  const attach = async () => {
    const { data, errors } = await gateway.query(AttachToolToVoiceAgentDocument);
    expect(errors).toBeUndefined();
    return data?.attachToolToVoiceAgent;
  };
  const stored = { agentTool: { enabled: true, config: { urgency: 'normal' }, agent: { name: 'Front desk' } } };
  expect(await attach()).toMatchObject({ outcome: 'CREATED', ...stored });
  gateway.sandbox.kataven.reset();
  expect(await attach()).toMatchObject({ outcome: 'UNCHANGED', ...stored });
  expect(katavenCalls(gateway)).not.toContain('upsert-agent-tool');
});

test('LiveStatus sends the status of the fifteen tools of the triage agent, and then a change', async () => {
  const gateway = await startGateway({}, { STATUS_INTERVAL_MS: '500' });
  const events = await subscribe(gateway, LiveStatusDocument.toString());
  const first = [];
  for (let tool = 0; tool < 15; tool++) first.push(await events.next());
  expect(new Set(first.map((event) => event?.tool.name))).toContain('Statuspage');
  expect(first.every((event) => event?.freshness === 'LIVE' && event.previousStatus === null)).toBe(true);
  gateway.sandbox.inkeep.setMcp('statuspage', { mode: 'reset' });
  expect(await events.next()).toMatchObject({
    tool: { name: 'Statuspage' },
    status: 'UNAVAILABLE',
    previousStatus: 'HEALTHY',
    freshness: 'LIVE',
    removed: false,
  });
});

test('an upstream id in place of a global id does not compile, and is an InvalidInputError at run time', async () => {
  const gateway = await startGateway();
  // @ts-expect-error a plain string is no GlobalId
  const { data } = await gateway.query(AttachToolDocument, { tool: 'slack' });
  expect(data?.attachToolToSubAgent).toMatchObject({ code: 'INVALID_INPUT', path: ['tool'] });
  expect(gateway.sandbox.inkeep.count()).toBe(0);
});

test('an id from a response can be the input of the next operation without a cast', async () => {
  const gateway = await startGateway();
  const { data } = await gateway.query(ToolWithLiveStatusDocument);
  const tool = data?.tool?.id;
  const { data: attached } = await gateway.query(AttachToolDocument, tool === undefined ? {} : { tool });
  expect(attached?.attachToolToSubAgent).toMatchObject({
    outcome: 'UPDATED',
    relation: { tool: { name: 'Statuspage' } },
  });
});

/** Subscribes over server-sent events, until the test ends. */
async function subscribe({ url }: TestGateway, query: string) {
  const connection = new AbortController();
  onTestFinished(() => connection.abort());
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query }),
    signal: connection.signal,
  });
  const lines = createInterface({ input: Readable.fromWeb(response.body as ReadableStream) })[Symbol.asyncIterator]();
  return {
    async next(): Promise<LiveStatusSubscription['toolStatus'] | undefined> {
      for (let line = await lines.next(); !line.done; line = await lines.next()) {
        if (line.value.startsWith('data: {')) return JSON.parse(line.value.slice('data: '.length)).data?.toolStatus;
      }
      throw new Error('The stream has ended.');
    },
  };
}
