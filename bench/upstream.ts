import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// One tool as the manage API answers it, built once: the upstream must not be what is measured.
const TOOL = Buffer.from(
  JSON.stringify({
    data: {
      tenantId: 'default',
      projectId: 'bench',
      id: 'tool-1',
      name: 'Tool 1',
      description: 'Finds, reads and answers tickets of the support desk',
      config: { type: 'mcp', mcp: { server: { url: 'https://mcp.example.com/tool-1' } } },
      status: 'healthy',
      lastError: null,
      availableTools: [
        { name: 'search_tickets', description: 'Find tickets', inputSchema: { type: 'object', properties: {} } },
        { name: 'get_ticket', description: 'Read a ticket', inputSchema: { type: 'object', properties: {} } },
      ],
      credentialScope: 'project',
      createdAt: '2026-01-05T09:00:00.000Z',
      updatedAt: '2026-01-05T09:00:00.000Z',
    },
  }),
);

const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': TOOL.length }).end(TOOL);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.once('SIGTERM', () => process.exit(0));
