import type { UpstreamTool } from '../../../upstream/inkeep/tool.js';
import { builder } from '../../core/builder.js';

type Mcp = NonNullable<NonNullable<UpstreamTool['config']>['mcp']>;
type Transport = NonNullable<Mcp['transport']>;
type Override = NonNullable<Mcp['toolOverrides']>[string] & { readonly toolName: string };

/** Transports by their upstream names; any other is null. */
const TRANSPORTS = new Map([
  ['streamable_http', 'STREAMABLE_HTTP'],
  ['sse', 'SSE'],
] as const);

export const McpTransportType = builder.enumType('McpTransportType', {
  description: 'Transport between the upstream and an MCP server.',
  values: {
    STREAMABLE_HTTP: { description: 'Streamable HTTP, the current MCP transport.' },
    SSE: { description: 'HTTP with server-sent events, the older MCP transport.' },
  },
});

const McpTransport = builder.objectRef<Transport>('McpTransport').implement({
  description: 'How the upstream connects to an MCP server.',
  fields: (t) => ({
    type: t.field({
      type: McpTransportType,
      nullable: true,
      description: 'The MCP transport; null if it is one that this API does not know.',
      resolve: (transport) => TRANSPORTS.get(transport.type as 'sse') ?? null,
    }),
    sessionId: t.string({
      description: 'Session to resume; null if not set.',
      resolve: (transport) => transport.sessionId,
    }),
    requestInit: t.field({
      type: 'JSONObject',
      description: 'Options of the HTTP requests; null if not set. May hold secrets in its headers.',
      resolve: (transport) => transport.requestInit,
    }),
    eventSourceInit: t.field({
      type: 'JSONObject',
      description: 'Options of the event stream; null if not set. May hold secrets in its headers.',
      resolve: (transport) => transport.eventSourceInit,
    }),
    reconnectionOptions: t.field({
      type: 'JSONObject',
      description: 'Delays (ms) and number of reconnections; null if not set.',
      resolve: (transport) => transport.reconnectionOptions,
    }),
  }),
});

const McpToolOverride = builder.objectRef<Override>('McpToolOverride').implement({
  description: 'Replacements for how an MCP server describes one of its functions.',
  fields: (t) => ({
    toolName: t.string({
      nullable: false,
      description: 'Name of the function on the server.',
      resolve: (override) => override.toolName,
    }),
    displayName: t.string({
      description: 'Name to use instead; null for the server’s own.',
      resolve: (override) => override.displayName,
    }),
    description: t.string({
      description: 'Description to use instead; null for the server’s own.',
      resolve: (override) => override.description,
    }),
    schema: t.field({
      type: 'JSON',
      description: 'JSON Schema of the arguments to use instead; null for the server’s own.',
      resolve: (override) => override.schema ?? null,
    }),
    transformation: t.field({
      type: 'JSON',
      description:
        'How arguments are rewritten before the call: text, or an object with text values; null if they are not.',
      resolve: (override) => override.transformation ?? null,
    }),
  }),
});

export const McpServerConfig = builder.objectRef<Mcp>('McpServerConfig').implement({
  description: 'The MCP server of a tool, and which parts of it are used.',
  fields: (t) => ({
    url: t.string({ nullable: false, description: 'URL of the MCP server.', resolve: (mcp) => mcp.server.url }),
    transport: t.field({
      type: McpTransport,
      nullable: true,
      description: 'How the upstream connects; null if it detects the transport.',
      resolve: (mcp) => mcp.transport,
    }),
    activeTools: t.stringList({
      nullable: true,
      description: 'Names of the functions that are used; null for all.',
      resolve: (mcp) => mcp.activeTools,
    }),
    prompt: t.string({
      description: 'Instructions for using the server; null if not set.',
      resolve: (mcp) => mcp.prompt,
    }),
    toolOverrides: t.field({
      type: [McpToolOverride],
      nullable: false,
      description: 'Functions whose description by the server is replaced; empty if there are none.',
      resolve: (mcp) =>
        Object.entries(mcp.toolOverrides ?? {}).map(([toolName, override]) => ({ ...override, toolName })),
    }),
  }),
});
