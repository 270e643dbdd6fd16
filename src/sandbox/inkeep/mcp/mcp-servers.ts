import { z } from 'zod';
import type { JsonObject, ToolRow } from '../store/rows.js';

/** How an MCP server answers a probe. `flapping` alternates between healthy and unreachable. */
export const McpMode = z.enum([
  'healthy',
  'slow',
  'hang',
  'reset',
  'http500',
  'http503',
  'needs_auth',
  'not_mcp',
  'flapping',
]);
export type McpMode = z.output<typeof McpMode>;

/** One tool of an MCP server, as discovery reports it. */
export interface AvailableTool {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
}

export interface McpServer {
  readonly mode: McpMode;
  /** The duration of a probe in milliseconds. The default depends on the mode. */
  readonly delayMs?: number;
  /** The instructions that the server sends at the start of a session. */
  readonly instructions?: string;
  readonly tools: readonly AvailableTool[];
}

const EXAMPLE_TOOLS: readonly AvailableTool[] = [
  {
    name: 'search',
    description: 'Find items by text',
    inputSchema: {
      type: 'object',
      properties: { query: { type: 'string' } },
      required: ['query'],
      additionalProperties: {},
    },
  },
  {
    name: 'fetch',
    description: 'Read one item',
    inputSchema: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'], additionalProperties: {} },
  },
];

/** The body of `POST /__mcp`: a tool id or the beginning of a server URL, and the behaviour of that server. */
export const McpInput = z
  .object({
    toolId: z.string().min(1).optional(),
    url: z.url().optional(),
    mode: McpMode,
    delayMs: z.number().nonnegative().optional(),
  })
  .refine(({ toolId, url }) => (toolId === undefined) !== (url === undefined), 'Either toolId or url is required');

interface Rule {
  readonly target: string;
  readonly behaviour: Partial<McpServer>;
}

/** The MCP servers of the tools. No connection is made: rules decide how each server behaves. */
export class McpServers {
  #rules: Rule[] = [];

  /**
   * Sets how servers behave. `target` is a tool id or, if it contains `://`, the beginning of server URLs.
   * Members that are not given stay as they were, so a server that is set `healthy` again has its tools. Only a new mode
   * removes an old delay.
   */
  set(target: string, behaviour: Partial<McpServer>): void {
    const earlier = this.#rules.find((rule) => rule.target === target);
    const delay = behaviour.mode === undefined ? {} : { delayMs: undefined };
    const merged = { ...earlier?.behaviour, ...delay, ...behaviour };
    this.#rules = [...this.#rules.filter((rule) => rule !== earlier), { target, behaviour: merged }];
  }

  /**
   * The server of a tool. A rule for the tool's id overrides rules for its URL; a longer URL overrides a shorter one. The
   * upstream accepts a URL of any scheme, and its requests to others than http and https fail at once. (observed)
   */
  of(tool: ToolRow): McpServer {
    const { url } = tool.config.mcp.server;
    const byUrl = this.#rules
      .filter(({ target }) => target.includes('://') && url.startsWith(target))
      .sort((a, b) => a.target.length - b.target.length);
    const byId = this.#rules.filter(({ target }) => target === tool.id);
    const rules = [...byUrl, ...byId].map(({ behaviour }) => behaviour);
    const server: McpServer = /^https?:/i.test(url)
      ? { mode: 'healthy', tools: EXAMPLE_TOOLS }
      : { mode: 'reset', delayMs: 0, tools: [] };
    return Object.assign(server, ...rules);
  }
}
