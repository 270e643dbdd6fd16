import { listen } from '../server.js';
import { Traffic } from '../traffic/traffic.js';
import { SandboxUpstream } from '../upstream.js';
import { inkeepApp } from './app.js';
import { Connections } from './connections.js';
import { Discovery, type DiscoveryTimes } from './mcp/discovery.js';
import { type McpServer, McpServers } from './mcp/mcp-servers.js';
import { type Grid, seedGrid } from './store/grid.js';
import type { AgentRow, CredentialRow, ProjectRow, RelationRow, SubAgentRow, ToolRow } from './store/rows.js';
import { Seeding, type SeedRow, type SeedTool } from './store/seeding.js';
import { Store } from './store/store.js';

export interface InkeepOptions extends DiscoveryTimes {
  /** 0: a free port. */
  readonly port: number;
  /** The number of database connections, each used by one request at a time. */
  readonly connections: number;
  /** How long a request waits for one, in milliseconds, before it fails. */
  readonly connectionWaitMs: number;
  readonly updateMethods: readonly ('PUT' | 'PATCH')[];
}

interface Parts {
  readonly traffic: Traffic;
  readonly servers: McpServers;
  readonly discovery: Discovery;
  readonly seeding: Seeding;
}

/**
 * The manage API of the sandbox. Rows are added and removed without a request. Members that are not given have defaults: the
 * tenant is `default`, the project and the agent are the last ones added.
 */
export class InkeepSandbox extends SandboxUpstream {
  readonly #parts: Parts;

  constructor(origin: string, parts: Parts) {
    super(`${origin}/manage`, parts.traffic);
    this.#parts = parts;
  }

  /** The number of probes of MCP servers started since the last reset. */
  get probes(): number {
    return this.#parts.discovery.count();
  }

  /** The number of probes of the tools with this id started since the last reset. */
  probesOf(toolId: string): number {
    return this.#parts.discovery.count(toolId);
  }

  /** Clears requests, faults, latencies and the count of probes. The data stays. */
  override reset(): void {
    super.reset();
    this.#parts.discovery.reset();
  }

  /**
   * Sets how an MCP server behaves. `target` is a tool id, or the beginning of server URLs.
   * Members that are not given stay as they were, except that a new mode removes an old delay.
   */
  setMcp(target: string, behaviour: Partial<McpServer>): void {
    this.#parts.servers.set(target, behaviour);
  }

  addProject(row: SeedRow<ProjectRow>): ProjectRow {
    return this.#parts.seeding.addProject(row);
  }

  addAgent(row: SeedRow<AgentRow>): AgentRow {
    return this.#parts.seeding.addAgent(row);
  }

  addSubAgent(row: SeedRow<SubAgentRow>): SubAgentRow {
    return this.#parts.seeding.addSubAgent(row);
  }

  /** `mcp` sets how the server at the tool's URL behaves; the default is `healthy`. */
  addTool(row: SeedTool): ToolRow {
    return this.#parts.seeding.addTool(row);
  }

  /** The default id is the API's hash of the pair. Throws if the sub-agent or the tool does not exist. */
  addRelation(row: Partial<RelationRow> & { subAgentId: string; toolId: string }): RelationRow {
    return this.#parts.seeding.addRelation(row);
  }

  /** The default `userId` is `system`, the user of service tokens. */
  addUserCredential(row: Partial<CredentialRow> & { toolId: string }): CredentialRow {
    return this.#parts.seeding.addUserCredential(row);
  }

  /** Seeds a project of regular shape: see {@link seedGrid}. */
  seedGrid(grid: Grid): void {
    seedGrid(this.#parts.seeding, grid);
  }

  /** Removes a project with everything in it. Like the other removals, returns whether it existed. */
  removeProject(row: SeedRow<ProjectRow>): boolean {
    return this.#parts.seeding.removeProject(row);
  }

  /** Removes an agent with its sub-agents and relations. */
  removeAgent(row: SeedRow<AgentRow>): boolean {
    return this.#parts.seeding.removeAgent(row);
  }

  /** Removes a sub-agent with its relations. */
  removeSubAgent(row: SeedRow<SubAgentRow>): boolean {
    return this.#parts.seeding.removeSubAgent(row);
  }

  /** Removes a tool with its relations. */
  removeTool(row: SeedRow<ToolRow>): boolean {
    return this.#parts.seeding.removeTool(row);
  }

  removeRelation(row: SeedRow<RelationRow>): boolean {
    return this.#parts.seeding.removeRelation(row);
  }
}

/** Starts the manage API, empty. Rejects if the port is in use. */
export async function startInkeep(options: InkeepOptions): Promise<{ sandbox: InkeepSandbox; close(): Promise<void> }> {
  const traffic = new Traffic();
  const store = new Store();
  const servers = new McpServers();
  const discovery = new Discovery(store, servers, options);
  const connections = new Connections(options.connections, options.connectionWaitMs);
  const app = inkeepApp({ store, servers, discovery, connections, traffic, updateMethods: options.updateMethods });
  const { origin, close } = await listen(app, options.port);
  const seeding = new Seeding(store, servers, discovery);
  return { sandbox: new InkeepSandbox(origin, { traffic, servers, discovery, seeding }), close };
}
