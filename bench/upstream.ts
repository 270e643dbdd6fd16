import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// The manage API with one project: its tools, and an agent with the given number of relations, one to each tool. Every body is
// built once, because the upstream must not be what is measured. `GET /calls` returns the number of calls so far.
const TOOLS = Number(process.env.TOOLS ?? 2);
const RELATIONS = Number(process.env.RELATIONS ?? 0);
const SUB_AGENTS = Math.ceil(RELATIONS / 20);
const PAGE_SIZE = 100;
const PROJECT = '/manage/tenants/default/projects/bench';
const TIMES = { createdAt: '2026-01-05T09:00:00.000Z', updatedAt: '2026-01-05T09:00:00.000Z' };

const bodies = new Map<string, Buffer>();

function addItem<Row extends { readonly id: string }>(path: string, row: Row): void {
  bodies.set(`${path}/${row.id}`, Buffer.from(JSON.stringify({ data: row })));
}

function addPages(path: string, total: number, rowAt: (index: number) => object): void {
  const rows = Array.from({ length: total }, (_, index) => rowAt(index));
  const pages = Math.ceil(total / PAGE_SIZE);
  for (let page = 1; page <= pages; page++) {
    const data = rows.slice((page - 1) * PAGE_SIZE, page * PAGE_SIZE);
    const pagination = { page, limit: PAGE_SIZE, total, pages };
    bodies.set(`${path}?page=${page}&limit=${PAGE_SIZE}`, Buffer.from(JSON.stringify({ data, pagination })));
  }
}

function toolAt(index: number) {
  return {
    tenantId: 'default',
    projectId: 'bench',
    id: `tool-${index}`,
    name: `Tool ${index}`,
    description: 'Finds, reads and answers tickets of the support desk',
    config: { type: 'mcp', mcp: { server: { url: `https://mcp.example.com/tool-${index}` } } },
    status: 'healthy',
    lastError: null,
    availableTools: [
      { name: 'search_tickets', description: 'Find tickets', inputSchema: { type: 'object', properties: {} } },
      { name: 'get_ticket', description: 'Read a ticket', inputSchema: { type: 'object', properties: {} } },
    ],
    credentialScope: 'project',
    ...TIMES,
  };
}

function subAgentAt(index: number) {
  return { id: `sub-agent-${index}`, name: `Sub-agent ${index}`, description: null, prompt: 'Answer.', ...TIMES };
}

/** Neighbours in the list belong to different sub-agents, as they do if sub-agents get tools one after the other. */
function relationAt(index: number) {
  return {
    id: `relation-${index}`,
    tenantId: 'default',
    projectId: 'bench',
    agentId: 'agent',
    subAgentId: `sub-agent-${index % SUB_AGENTS}`,
    toolId: `tool-${index}`,
    selectedTools: null,
    headers: null,
    toolPolicies: {},
    ...TIMES,
  };
}

addItem('/manage/tenants/default/projects', { id: 'bench', name: 'Bench', description: null, ...TIMES });
addItem(`${PROJECT}/tools`, toolAt(1));
addItem(`${PROJECT}/agents`, { id: 'agent', name: 'Agent', description: null, ...TIMES });
addPages(`${PROJECT}/tools`, TOOLS, toolAt);
addPages(`${PROJECT}/agents/agent/sub-agents`, SUB_AGENTS, subAgentAt);
addPages(`${PROJECT}/agents/agent/sub-agent-tool-relations`, RELATIONS, relationAt);

let calls = 0;
const server = createServer(({ url = '' }, response) => {
  if (url !== '/calls') calls += 1;
  const body = url === '/calls' ? Buffer.from(String(calls)) : bodies.get(url.replace('skipDiscovery=true&', ''));
  response
    .writeHead(body ? 200 : 404, { 'content-type': 'application/json', 'content-length': body?.length ?? 0 })
    .end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.once('SIGTERM', () => process.exit(0));
