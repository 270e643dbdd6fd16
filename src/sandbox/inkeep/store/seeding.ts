import type { Discovery } from '../mcp/discovery.js';
import type { McpServer, McpServers } from '../mcp/mcp-servers.js';
import { sqlTime } from './clock.js';
import type {
  AgentKey,
  AgentRow,
  CredentialRow,
  ProjectKey,
  ProjectRow,
  RelationRow,
  SubAgentRow,
  ToolRow,
} from './rows.js';
import { relationId, type Store } from './store.js';

// The dates of seeded rows start here, about a second apart: the same in every run, and older than any created row.
const FIRST = Date.UTC(2025, 0, 6, 9) * 1000 + 281_904;
const STEP = 1_037_211;

const HISTORY = {
  mode: 'full',
  limit: 50,
  messageTypes: ['chat', 'tool-result'],
  includeInternal: false,
  maxOutputTokens: 4000,
};

/** A row of which only the id is required. */
export type SeedRow<Row> = Partial<Row> & { id: string };

/** A tool to seed, and how the MCP server at its URL behaves (default `healthy`). */
export type SeedTool = SeedRow<ToolRow> & { mcp?: Partial<McpServer> };

/**
 * Adds rows to the store without a request. Members that are not given have defaults: the tenant is `default`, the project
 * and the agent are the last ones added.
 */
export class Seeding {
  readonly #store: Store;
  readonly #servers: McpServers;
  readonly #discovery: Discovery;
  #project: ProjectKey = { tenantId: 'default', projectId: 'default' };
  #agentId = '';
  #time = FIRST;

  constructor(store: Store, servers: McpServers, discovery: Discovery) {
    this.#store = store;
    this.#servers = servers;
    this.#discovery = discovery;
  }

  addProject({ id, name = id, ...row }: SeedRow<ProjectRow>): ProjectRow {
    const project = this.#store.projects.insert({
      tenantId: 'default',
      id,
      name,
      description: null,
      models: null,
      stopWhen: null,
      ...this.#dates(row, 'ms'),
      ...row,
    });
    this.#project = { tenantId: project.tenantId, projectId: project.id };
    return project;
  }

  addAgent({ id, name = id, ...row }: SeedRow<AgentRow>): AgentRow {
    this.#checkProject({ ...this.#project, ...row });
    const agent = this.#store.agents.insert({
      ...this.#project,
      id,
      name,
      description: null,
      defaultSubAgentId: null,
      contextConfigId: null,
      models: null,
      statusUpdates: null,
      prompt: null,
      stopWhen: null,
      executionMode: 'classic',
      ...this.#dates(row, 'ms'),
      ...row,
    });
    this.#agentId = agent.id;
    return agent;
  }

  addSubAgent({ id, name = id, ...row }: SeedRow<SubAgentRow>): SubAgentRow {
    return this.#store.subAgents.insert({
      ...this.#agent,
      id,
      name,
      description: null,
      prompt: null,
      conversationHistoryConfig: HISTORY,
      models: null,
      stopWhen: null,
      outputContract: null,
      ...this.#dates(row, 'µs'),
      ...row,
    });
  }

  /** Stores the tool with the result of a probe, as if it was probed when it was created. Does not count as a probe. */
  addTool({ id, name = id, mcp, ...row }: SeedTool): ToolRow {
    this.#checkProject({ ...this.#project, ...row });
    const tool: ToolRow = {
      ...this.#project,
      id,
      name,
      description: null,
      config: { type: 'mcp', mcp: { server: { url: `https://mcp.example.com/${id}` } } },
      credentialReferenceId: null,
      credentialScope: 'project',
      headers: null,
      imageUrl: null,
      capabilities: null,
      lastError: null,
      isWorkApp: false,
      ...this.#dates(row, 'ms'),
      ...row,
    };
    if (mcp) this.#servers.set(tool.config.mcp.server.url, mcp);
    const { lastError, capabilities } = this.#discovery.findingNow(tool);
    return this.#store.insertTool({ ...tool, lastError, capabilities, ...row });
  }

  addRelation(row: Partial<RelationRow> & { subAgentId: string; toolId: string }): RelationRow {
    return this.#store.insertRelation({
      ...this.#agent,
      id: relationId({ ...this.#agent, ...row }),
      selectedTools: null,
      headers: null,
      toolPolicies: null,
      ...this.#dates(row, 'µs'),
      ...row,
    });
  }

  addUserCredential(row: Partial<CredentialRow> & { toolId: string }): CredentialRow {
    return this.#store.credentials.insert({
      ...this.#project,
      id: `credential-${row.toolId}`,
      name: `Credential for ${row.toolId}`,
      type: 'memory',
      credentialStoreId: 'memory-default',
      retrievalParams: null,
      userId: 'system',
      createdBy: null,
      expiresAt: null,
      ...this.#dates(row, 'ms'),
      ...row,
    });
  }

  removeProject(row: SeedRow<ProjectRow>): boolean {
    return this.#store.deleteProject({ tenantId: this.#project.tenantId, ...row }) !== undefined;
  }

  removeAgent(row: SeedRow<AgentRow>): boolean {
    return this.#store.deleteAgent({ ...this.#project, ...row }) !== undefined;
  }

  removeSubAgent(row: SeedRow<SubAgentRow>): boolean {
    return this.#store.deleteSubAgent({ ...this.#agent, ...row }) !== undefined;
  }

  removeTool(row: SeedRow<ToolRow>): boolean {
    return this.#store.deleteTool({ ...this.#project, ...row }) !== undefined;
  }

  removeRelation(row: SeedRow<RelationRow>): boolean {
    return this.#store.relations.delete({ ...this.#agent, ...row }) !== undefined;
  }

  get #agent(): AgentKey {
    return { ...this.#project, agentId: this.#agentId };
  }

  // A date that the database sets has microseconds, one that the application sets has milliseconds.
  #dates(row: { createdAt?: string; updatedAt?: string }, unit: 'ms' | 'µs') {
    this.#time += STEP;
    const { createdAt = sqlTime(unit === 'ms' ? this.#time - (this.#time % 1000) : this.#time) } = row;
    return { createdAt, updatedAt: row.updatedAt ?? createdAt };
  }

  #checkProject(key: ProjectKey): void {
    if (!this.#store.hasProject(key)) throw new Error(`Add project ${key.tenantId}/${key.projectId} first`);
  }
}
