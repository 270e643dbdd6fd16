import type { UpstreamTool } from '../../../upstream/inkeep/tool.js';
import { builder } from '../../core/builder.js';

type Mcp = NonNullable<NonNullable<UpstreamTool['config']>['mcp']>;
type Transport = NonNullable<Mcp['transport']>;
type Override = NonNullable<Mcp['toolOverrides']>[string] & { readonly toolName: string };

/** Known spellings of the upstream; another one is null. */
const TRANSPORTS = new Map([
  ['streamable_http', 'STREAMABLE_HTTP'],
  ['sse', 'SSE'],
] as const);

export const McpTransportType = builder.enumType('McpTransportType', {
  description: 'How the upstream talks to an MCP server.',
  values: {
    STREAMABLE_HTTP: { description: 'Streamable HTTP, the present MCP transport.' },
    SSE: { description: 'HTTP with server-sent events, the older MCP transport.' },
  },
});

const McpTransport = builder.objectRef<Transport>('McpTransport').implement({
  description: 'How the upstream connects to an MCP server.',
  fields: (t) => ({
    type: t.field({
      type: McpTransportType,
      nullable: true,
      description: 'The MCP transport; null where the upstream names one this API does not know.',
      resolve: (transport) => TRANSPORTS.get(transport.type as 'sse') ?? null,
    }),
    sessionId: t.string({
      description: 'Session to resume; null where none is set.',
      resolve: (transport) => transport.sessionId,
    }),
    requestInit: t.field({
      type: 'JSONObject',
      description: 'Options of the HTTP requests; null where unset. May hold secrets in its headers.',
      resolve: (transport) => transport.requestInit,
    }),
    eventSourceInit: t.field({
      type: 'JSONObject',
      description: 'Options of the event stream; null where unset. May hold secrets in its headers.',
      resolve: (transport) => transport.eventSourceInit,
    }),
    reconnectionOptions: t.field({
      type: 'JSONObject',
      description: 'Delays (ms) and number of reconnections; null where unset.',
      resolve: (transport) => transport.reconnectionOptions,
    }),
  }),
});

const McpToolOverride = builder.objectRef<Override>('McpToolOverride').implement({
  description: 'What one function of an MCP server is shown as, in place of what the server says of it.',
  fields: (t) => ({
    toolName: t.string({
      nullable: false,
      description: 'The function, by the server’s own name.',
      resolve: (override) => override.toolName,
    }),
    displayName: t.string({
      description: 'Name shown instead; null: the server’s.',
      resolve: (override) => override.displayName,
    }),
    description: t.string({
      description: 'Description given instead; null: the server’s.',
      resolve: (override) => override.description,
    }),
    schema: t.field({
      type: 'JSON',
      description: 'JSON Schema of the arguments given instead; null: the server’s.',
      resolve: (override) => override.schema ?? null,
    }),
    transformation: t.field({
      type: 'JSON',
      description: 'How arguments are rewritten before the call: text, or an object of texts; null: they are not.',
      resolve: (override) => override.transformation ?? null,
    }),
  }),
});

export const McpServerConfig = builder.objectRef<Mcp>('McpServerConfig').implement({
  description: 'Where the MCP server of a tool is, and what of it is used.',
  fields: (t) => ({
    url: t.string({ nullable: false, description: 'Address of the MCP server.', resolve: (mcp) => mcp.server.url }),
    transport: t.field({
      type: McpTransport,
      nullable: true,
      description: 'How the upstream connects; null: it finds out by itself.',
      resolve: (mcp) => mcp.transport,
    }),
    activeTools: t.stringList({
      nullable: true,
      description: 'Names of the functions that are used; null: all of them.',
      resolve: (mcp) => mcp.activeTools,
    }),
    prompt: t.string({
      description: 'Instructions for using the server; null where unset.',
      resolve: (mcp) => mcp.prompt,
    }),
    toolOverrides: t.field({
      type: [McpToolOverride],
      nullable: false,
      description: 'Functions that are shown differently from what the server says; empty where none are.',
      resolve: (mcp) =>
        Object.entries(mcp.toolOverrides ?? {}).map(([toolName, override]) => ({ ...override, toolName })),
    }),
  }),
});
