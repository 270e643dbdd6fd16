/** The text of a timestamp as PostgreSQL prints it: UTC, no zone, no trailing zeros in the fraction. Sorts by time. */
export type SqlTime = string;
export type JsonObject = Record<string, unknown>;

export interface ProjectKey {
  tenantId: string;
  projectId: string;
}

export interface AgentKey extends ProjectKey {
  agentId: string;
}

interface Timestamps {
  createdAt: SqlTime;
  updatedAt: SqlTime;
}

export interface ProjectRow extends Timestamps {
  tenantId: string;
  id: string;
  name: string;
  description: string | null;
  models: JsonObject | null;
  stopWhen: JsonObject | null;
}

export interface AgentRow extends ProjectKey, Timestamps {
  id: string;
  name: string;
  description: string | null;
  defaultSubAgentId: string | null;
  contextConfigId: string | null;
  models: JsonObject | null;
  statusUpdates: JsonObject | null;
  prompt: string | null;
  stopWhen: JsonObject | null;
  executionMode: string;
}

export interface SubAgentRow extends AgentKey, Timestamps {
  id: string;
  name: string;
  description: string | null;
  prompt: string | null;
  conversationHistoryConfig: JsonObject | null;
  models: JsonObject | null;
  stopWhen: JsonObject | null;
  outputContract: JsonObject | null;
}

export interface ToolConfig {
  type: 'mcp';
  mcp: {
    server: { url: string };
    transport?: { type: 'streamable_http' | 'sse'; sessionId?: string; [option: string]: unknown };
    activeTools?: string[];
    toolOverrides?: JsonObject;
    prompt?: string;
  };
}

/** A stored tool. It has the result of the last probe, except the live fields. */
export interface ToolRow extends ProjectKey, Timestamps {
  id: string;
  name: string;
  description: string | null;
  config: ToolConfig;
  credentialReferenceId: string | null;
  credentialScope: string;
  headers: Record<string, string> | null;
  imageUrl: string | null;
  /** null until the first probe of the MCP server. */
  capabilities: JsonObject | null;
  lastError: string | null;
  isWorkApp: boolean;
}

export interface RelationRow extends AgentKey, Timestamps {
  id: string;
  subAgentId: string;
  toolId: string;
  selectedTools: string[] | null;
  headers: Record<string, string> | null;
  toolPolicies: Record<string, { needsApproval?: boolean }> | null;
}

export interface CredentialRow extends ProjectKey, Timestamps {
  id: string;
  name: string;
  type: string;
  credentialStoreId: string;
  retrievalParams: JsonObject | null;
  toolId: string | null;
  userId: string | null;
  createdBy: string | null;
  /** Upstream this is in the credential store, not in the row. */
  expiresAt: string | null;
}
