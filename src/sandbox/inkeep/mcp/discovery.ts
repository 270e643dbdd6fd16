import { pause } from '../../traffic/latency.js';
import type { Status } from '../routes/schemas.js';
import { changeTime } from '../store/clock.js';
import type { JsonObject, ToolRow } from '../store/rows.js';
import type { Store } from '../store/store.js';
import type { AvailableTool, McpMode, McpServer, McpServers } from './mcp-servers.js';
import { notMcpError } from './not-mcp.js';

export interface DiscoveryTimes {
  /** The duration of a probe. */
  readonly discoveryMs: number;
  /** How often a flapping server changes its status; 0: never. */
  readonly flipMs: number;
  /** The timeout of a probe of a hanging server. */
  readonly hangMs: number;
}

/** The result of a probe of an MCP server. */
export interface Finding {
  readonly status: Status;
  readonly lastError: string | null;
  readonly availableTools: readonly AvailableTool[];
  readonly capabilities: JsonObject;
}

type Verdict = Pick<Finding, 'status' | 'lastError'>;

const SLOW_MS = 1500;

/** Probes the MCP servers of tools, as the upstream does before it returns a tool. */
export class Discovery {
  readonly #store: Store;
  readonly #servers: McpServers;
  readonly #times: DiscoveryTimes;
  readonly #startedAt = Date.now();
  #probes = new Map<string, number>();

  constructor(store: Store, servers: McpServers, times: DiscoveryTimes) {
    this.#store = store;
    this.#servers = servers;
    this.#times = times;
  }

  /** The number of probes started since the last reset, in total or of tools with this id. */
  count(toolId?: string): number {
    if (toolId !== undefined) return this.#probes.get(toolId) ?? 0;
    return [...this.#probes.values()].reduce((sum, n) => sum + n, 0);
  }

  reset(): void {
    this.#probes = new Map();
  }

  /**
   * Probes a tool's server and stores the result, so even a read changes `updatedAt`. (observed)
   * Rejects with an AbortError if the client leaves first; nothing is stored then.
   */
  async probe(tool: ToolRow, signal: AbortSignal): Promise<{ tool: ToolRow; finding: Finding }> {
    this.#probes.set(tool.id, this.count(tool.id) + 1);
    const server = this.#servers.of(tool);
    await pause(server.delayMs ?? this.#probeMs(server.mode), signal);
    const finding = this.findingNow(tool);
    const { lastError, capabilities } = finding;
    const seen = { lastError, capabilities, updatedAt: changeTime() };
    this.#store.tools.update(tool, seen);
    return { tool: { ...tool, ...seen }, finding };
  }

  /** The finding of a probe at this moment. Takes no time and stores nothing. */
  findingNow(tool: ToolRow): Finding {
    const server = this.#servers.of(tool);
    const mode = this.#modeNow(server.mode);
    if (mode !== 'healthy' && mode !== 'slow') {
      return { ...failure(mode, tool), availableTools: [], capabilities: tool.capabilities ?? {} };
    }
    return {
      status: 'healthy',
      lastError: null,
      availableTools: server.tools,
      capabilities: capabilitiesOf(tool, server),
    };
  }

  #probeMs(mode: McpMode): number {
    if (mode === 'hang') return this.#times.hangMs;
    return mode === 'slow' ? SLOW_MS : this.#times.discoveryMs;
  }

  #modeNow(mode: McpMode): Exclude<McpMode, 'flapping'> {
    if (mode !== 'flapping') return mode;
    const { flipMs } = this.#times;
    const flips = flipMs > 0 ? Math.floor((Date.now() - this.#startedAt) / flipMs) : 0;
    return flips % 2 === 0 ? 'healthy' : 'reset';
  }
}

// The server sends its instructions at the start of a session, so a resumed session has none. (observed)
function capabilitiesOf(tool: ToolRow, { instructions }: McpServer): JsonObject {
  const resumed = tool.config.mcp.transport?.sessionId !== undefined;
  const added = instructions === undefined || resumed ? {} : { serverInstructions: instructions };
  return { ...tool.capabilities, ...added };
}

function failure(mode: Exclude<McpMode, 'flapping' | 'healthy' | 'slow'>, tool: ToolRow): Verdict {
  switch (mode) {
    case 'reset':
      return unreachable('fetch failed');
    case 'http500':
      return unreachable('Streamable HTTP error: Error POSTing to endpoint: {"error":"boom"}');
    case 'http503':
      return unreachable('Streamable HTTP error: Error POSTing to endpoint: {"error":"busy"}');
    case 'hang':
      return unreachable('(MCP error -32001) MCP error -32001: Request timed out');
    case 'needs_auth':
      return {
        status: 'needs_auth',
        lastError:
          'Authentication required - OAuth login needed. Streamable HTTP error: Error POSTing to endpoint: {"error":"invalid_token"}',
      };
    case 'not_mcp':
      return tool.credentialReferenceId === null
        ? { status: 'unhealthy', lastError: notMcpError() }
        : { status: 'unavailable', lastError: `Server temporarily unavailable. ${notMcpError()}` };
  }
}

function unreachable(reason: string): Verdict {
  const lastError = `Connection failed - the MCP server may be slow or temporarily unreachable. ${reason}`;
  return { status: 'unavailable', lastError };
}
