import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.js';
import type { InkeepSandbox } from '../../src/sandbox/inkeep/index.js';

// Real exchanges with the upstream, in an order in which the state they leave behind is the one the next ones found.
const FILES = [
  'list-projects',
  'get-project-by-id',
  'list-agents',
  'get-agent',
  'list-subagents',
  'get-subagent-by-id',
  'auth',
  'get-user-credential-for-tool',
  'list-subagent-tool-relations',
  'get-subagents-for-tool',
  'get-full-agent-definition',
  'list-tools',
  'create-subagent-tool-relation',
  'get-subagent-tool-relation',
  'update-subagent-tool-relation',
  'delete-subagent-tool-relation',
  'get-agent-tool-status',
  'create-tool',
  'get-tool',
  'update-tool',
  'delete-tool',
];

// Exchanges the sandbox answers otherwise, each with the reason. None at present.
const DIFFERENT: Readonly<Record<string, string>> = {};

interface Exchange {
  name: string;
  request: { method: string; path: string; headers: Record<string, string>; body?: unknown; rawBody?: string };
  response: { status: number; headers: Record<string, string>; body: unknown };
}

const EXCHANGES = FILES.flatMap((file) => {
  const url = new URL(`recordings/${file}.json`, import.meta.url);
  const exchanges = JSON.parse(readFileSync(url, 'utf8')) as Exchange[];
  return exchanges.map((exchange, index) => ({ ...exchange, key: `${file} ${index}: ${exchange.name}` }));
});

const MCP = 'http://127.0.0.1:8712/mcp';
const ODD = `${MCP}/odd/`;

// What the recorded MCP servers offered.
const FIXTURE_TOOLS = [
  {
    name: 'search_docs',
    description: 'Full-text search in the documentation',
    inputSchema: {
      type: 'object',
      properties: { query: { type: 'string' }, limit: { type: 'integer', minimum: 1, maximum: 50 } },
      required: ['query'],
      additionalProperties: {},
    },
  },
  {
    name: 'create_ticket',
    description: 'Open a support ticket',
    inputSchema: {
      type: 'object',
      properties: { title: { type: 'string' }, priority: { type: 'string', enum: ['low', 'high'] } },
      required: ['title'],
      additionalProperties: {},
    },
  },
];

// What was done to the upstream between two recorded exchanges.
const MEANWHILE: Readonly<Record<string, (inkeep: InkeepSandbox) => void>> = {
  'get-tool 5: MCP server mode: not_mcp': (inkeep) => {
    inkeep.addTool({ id: 'probe', name: 'Probe', config: { type: 'mcp', mcp: { server: { url: `${ODD}p` } } } });
    inkeep.setMcp(ODD, { mode: 'not_mcp' });
  },
  'get-tool 6: MCP server mode: http500': (inkeep) => inkeep.setMcp(ODD, { mode: 'http500' }),
  'get-tool 7: MCP server mode: http503': (inkeep) => inkeep.setMcp(ODD, { mode: 'http503' }),
  'get-tool 8: MCP server mode: slow 800 ms per request': (inkeep) => inkeep.setMcp(ODD, { mode: 'slow', delayMs: 20 }),
  'get-tool 9: MCP server mode: hang': (inkeep) => inkeep.setMcp(ODD, { mode: 'hang' }),
  'get-tool 10: MCP server healthy again': (inkeep) => inkeep.setMcp(ODD, { mode: 'healthy' }),
  'delete-tool 7: tool in use: relations are deleted with it': (inkeep) => {
    inkeep.addTool({ id: 'doomed' });
    inkeep.addRelation({ agentId: 'triage', subAgentId: 'router', toolId: 'doomed' });
  },
};

describe('the sandbox responds like the recorded upstream', () => {
  let sandbox: Sandbox;
  const differences = new Map<string, string[]>();

  beforeAll(async () => {
    sandbox = await startSandbox({ story: false, discoveryMs: 0, hangMs: 20 });
    seed(sandbox.inkeep);
    for (const exchange of EXCHANGES) {
      MEANWHILE[exchange.key]?.(sandbox.inkeep);
      const answer = await replay(new URL(sandbox.inkeep.url).origin, exchange);
      differences.set(exchange.key, compare(exchange.response, answer));
    }
  });

  afterAll(() => sandbox.close());

  test('all 185 recorded exchanges are replayed', () => {
    expect(differences.size).toBe(185);
  });

  test.each(EXCHANGES.filter(({ key }) => !(key in DIFFERENT)))('$key', ({ key }) => {
    expect(differences.get(key)).toEqual([]);
  });

  test.each(Object.keys(DIFFERENT))('still differs in %s', (key) => {
    expect(differences.get(key)).not.toEqual([]);
  });
});

// The data the upstream held when it was recorded.
function seed(inkeep: InkeepSandbox): void {
  inkeep.setMcp(`${MCP}/main/`, { instructions: 'Search before you answer.', tools: FIXTURE_TOOLS });
  inkeep.setMcp(`${MCP}/slow/`, { tools: FIXTURE_TOOLS });
  inkeep.setMcp(`${MCP}/down/`, { mode: 'reset' });
  inkeep.setMcp(`${MCP}/auth/`, { mode: 'needs_auth' });
  inkeep.setMcp(ODD, { tools: FIXTURE_TOOLS });
  inkeep.addProject({
    tenantId: 'acme',
    id: 'support-desk',
    name: 'Support desk',
    description: 'Customer support agents',
    models: { base: { model: 'openai/gpt-4o-mini' } },
  });
  seedAgent(inkeep, 'triage', 'Ticket triage', ['router', 'knowledge', 'escalation']);
  seedAgent(inkeep, 'billing', 'Billing helper', ['invoices', 'refunds', 'disputes']);
  for (let n = 1; n <= 120; n++) seedTool(inkeep, n);
  seedRelations(inkeep);
  inkeep.addUserCredential({ id: 'cred-1', name: 'Cred', toolId: 'tool-009', retrievalParams: { key: 'K1' } });
}

function seedAgent(inkeep: InkeepSandbox, id: string, name: string, subAgents: string[]): void {
  inkeep.addAgent({ id, name, description: `Agent ${id}`, prompt: 'Be brief.', defaultSubAgentId: subAgents[0] });
  for (const sub of subAgents) {
    inkeep.addSubAgent({
      id: sub,
      name: `Sub-agent ${sub}`,
      description: `Handles ${sub}`,
      prompt: `You handle ${sub}.`,
    });
  }
}

function seedTool(inkeep: InkeepSandbox, n: number): void {
  const number = String(n).padStart(3, '0');
  const group = n <= 90 ? 'main' : n <= 100 ? 'slow' : n <= 110 ? 'down' : 'auth';
  const override = { search_docs: { displayName: 'Docs search', description: 'Looks things up' } };
  const options: Record<number, object> = {
    1: { transport: { type: 'streamable_http' } },
    2: { activeTools: ['search_docs'] },
    3: { toolOverrides: override },
    4: { prompt: 'Prefer this tool for docs.' },
  };
  inkeep.addTool({
    id: `tool-${number}`,
    name: `Tool ${number}`,
    description: n % 2 === 0 ? `Fixture tool number ${n}` : null,
    config: { type: 'mcp', mcp: { server: { url: `${MCP}/${group}/tool-${number}` }, ...options[n % 10] } },
    headers: n % 5 === 0 ? { 'x-team': 'support', 'x-env': 'test' } : null,
    imageUrl: n % 7 === 0 ? `https://img.example.com/${n}.png` : null,
    credentialScope: n % 20 === 9 ? 'user' : 'project',
  });
}

// 28 in triage, 12 in billing; tool-001 is used by all six sub-agents.
function seedRelations(inkeep: InkeepSandbox): void {
  const triage = ['router', 'knowledge', 'escalation'];
  const billing = ['invoices', 'refunds', 'disputes'];
  const pairs = [
    ...triage.map((sub) => ['triage', sub, 1] as const),
    ...billing.map((sub) => ['billing', sub, 1] as const),
    ...Array.from({ length: 25 }, (_, i) => ['triage', triage[i % 3] ?? '', 2 + i * 4] as const),
    ...Array.from({ length: 9 }, (_, i) => ['billing', billing[i % 3] ?? '', 3 + i * 13] as const),
  ];
  pairs.forEach(([agentId, subAgentId, n], index) => {
    const k = index + 1;
    inkeep.addRelation({
      agentId,
      subAgentId,
      toolId: `tool-${String(n).padStart(3, '0')}`,
      selectedTools: k % 3 === 0 ? ['search_docs'] : null,
      headers: k % 4 === 0 ? { 'x-relation': String(k) } : null,
      toolPolicies: k % 5 === 0 ? { create_ticket: { needsApproval: true } } : null,
    });
  });
}

// Credentials are not in the recordings; these are the sandbox's words for them.
const PLACEHOLDERS: Readonly<Record<string, string>> = {
  '<valid service token>': 'service-token',
  '<unknown token>': 'expired',
  '<anything>': 'dTpw',
  '<session token of owner>': 'session-owner',
  '<session of owner>': 'owner',
  '<session of outsider>': 'outsider',
  '<session of member>': 'member',
};

function filledIn(text: string): string {
  const named = Object.entries(PLACEHOLDERS).reduce((rest, [name, value]) => rest.replaceAll(name, value), text);
  return named.replace(/<(\d+) times "?(.)"?>/g, (_, times, character) => character.repeat(Number(times)));
}

interface Answer {
  status: number;
  headers: Headers;
  text: string;
}

async function replay(origin: string, { request }: Exchange): Promise<Answer> {
  const { method, path, headers, body, rawBody } = request;
  const sent = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(origin + filledIn(path), {
    method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, filledIn(value)])),
    body: sent === undefined ? undefined : Buffer.from(filledIn(sent)),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const CONNECTION_HEADERS = new Set(['connection', 'keep-alive', 'date', 'content-length']);

/** What differs, as lines of text; times, request ids, and what the recording left out or cut may. */
function compare(recorded: Exchange['response'], answer: Answer): string[] {
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => !CONNECTION_HEADERS.has(name)));
  const { 'content-length': _length, ...recordedHeaders } = recorded.headers;
  return [
    ...different('status', recorded.status, answer.status),
    ...different('headers', { ...recordedHeaders, 'x-request-id': '<uuid>' }, headers),
    ...differentBody(recorded.body, answer.text),
  ];
}

function differentBody(recorded: unknown, text: string): string[] {
  if (recorded === null) return different('body', '', text);
  if (isObject(recorded) && '__text' in recorded) return different('body', recorded.__text, text);
  const actual: unknown = JSON.parse(text);
  if (!isObject(recorded) || !('__cut' in recorded)) return different('body', recorded, actual);
  const { __cut, ...kept } = recorded;
  return differentCutBody(parseInt(String(__cut), 10), kept, actual as typeof kept);
}

// Long answers were recorded as their beginning and their size.
function differentCutBody(size: number, recorded: Record<string, unknown>, actual: Record<string, unknown>): string[] {
  if (Array.isArray(recorded.data) && Array.isArray(actual.data)) {
    const shown = actual.data.slice(0, recorded.data.length);
    return [...different('size', size, actual.data.length), ...different('body', recorded, { ...actual, data: shown })];
  }
  const [{ tools: recordedTools, ...rest }, { tools, ...actualRest }] = [recorded.data, actual.data] as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  if (!isObject(recordedTools) || !isObject(tools)) return ['body: no tools'];
  const shown = Object.fromEntries(Object.keys(recordedTools).map((id) => [id, tools[id]]));
  return [
    ...different('size', size, Object.keys(tools).length),
    ...different('tools', recordedTools, shown),
    ...different('body', rest, actualRest),
  ];
}

const TIMES = [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$/];

function different(path: string, recorded: unknown, actual: unknown): string[] {
  if (typeof recorded === 'string' && typeof actual === 'string') {
    return sameText(recorded, actual) ? [] : [`${path}: ${actual} instead of ${recorded}`];
  }
  if (!isObject(recorded) || !isObject(actual) || Array.isArray(recorded) !== Array.isArray(actual)) {
    return recorded === actual ? [] : [`${path}: ${JSON.stringify(actual)} instead of ${JSON.stringify(recorded)}`];
  }
  const keys = new Set([...Object.keys(recorded), ...Object.keys(actual)]);
  return [...keys].flatMap((key) => different(`${path}.${key}`, recorded[key], actual[key]));
}

function sameText(recorded: string, actual: string): boolean {
  const time = TIMES.find((pattern) => pattern.test(recorded));
  if (time) return time.test(actual);
  const cut = /^(.*)…<(\d+) characters in the real answer>$/s.exec(recorded);
  if (cut) return actual.startsWith(cut[1] ?? '') && actual.length === Number(cut[2]);
  return /^<.*>$/.test(recorded) || recorded === actual;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
