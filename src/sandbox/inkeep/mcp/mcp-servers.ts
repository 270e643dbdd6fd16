import { z } from 'zod';
import type { JsonObject, ToolRow } from '../store/rows.js';

/** How an MCP server answers a probe. `flapping` is healthy and unreachable in turns. */
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
  /** How long a probe takes, in milliseconds; where it is left out, the mode decides. */
  readonly delayMs?: number;
  /** What the server says of itself when a session begins. */
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

/** What `POST /__mcp` takes: a tool id or the beginning of a server URL, and how that server is to behave. */
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

/** The MCP servers behind the tools: none is dialled, how they behave is a matter of rules. */
export class McpServers {
  #rules: Rule[] = [];

  /**
   * Says how servers behave. `target` is a tool id, or with `://` in it the beginning of server URLs.
   * What is left out stays as it was, so a server set `healthy` again offers the tools it had; but a new mode ends an
   * old delay.
   */
  set(target: string, behaviour: Partial<McpServer>): void {
    const earlier = this.#rules.find((rule) => rule.target === target);
    const delay = behaviour.mode === undefined ? {} : { delayMs: undefined };
    const merged = { ...earlier?.behaviour, ...delay, ...behaviour };
    this.#rules = [...this.#rules.filter((rule) => rule !== earlier), { target, behaviour: merged }];
  }

  /** The server of a tool. A rule for the tool's id is laid over rules for its URL, a longer URL over a shorter one. */
  of(tool: ToolRow): McpServer {
    const { url } = tool.config.mcp.server;
    const byUrl = this.#rules
      .filter(({ target }) => target.includes('://') && url.startsWith(target))
      .sort((a, b) => a.target.length - b.target.length);
    const byId = this.#rules.filter(({ target }) => target === tool.id);
    const rules = [...byUrl, ...byId].map(({ behaviour }) => behaviour);
    return Object.assign({ mode: 'healthy', tools: EXAMPLE_TOOLS }, ...rules);
  }
}
