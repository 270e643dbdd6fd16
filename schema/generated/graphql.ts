/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { GlobalId } from '../ids.js';
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What `attachToolToSubAgent` or `attachToolToVoiceAgent` did. */
export type AttachOutcome =
  /** The tool was not attached before. */
  | 'CREATED'
  /** The tool was already attached with these settings. Nothing was written. */
  | 'UNCHANGED'
  /** The tool was already attached, and its settings changed. */
  | 'UPDATED';

/** Where the upstream keeps a credential. */
export type CredentialType =
  /** At Composio. */
  | 'COMPOSIO'
  /** In the keychain of the upstream’s machine. */
  | 'KEYCHAIN'
  /** In the upstream’s memory. */
  | 'MEMORY'
  /** At Nango. */
  | 'NANGO'
  /** In a store that this API does not know. */
  | 'OTHER';

/** Whether a status is current. */
export type Freshness =
  /** The upstream has just returned it. */
  | 'LIVE'
  /** The upstream cannot be reached now; this is the last known status. */
  | 'STALE';

/** Transport between the upstream and an MCP server. */
export type McpTransportType =
  /** HTTP with server-sent events, the older MCP transport. */
  | 'SSE'
  /** Streamable HTTP, the current MCP transport. */
  | 'STREAMABLE_HTTP';

/** Result of the last probe of a tool’s MCP server. */
export type ToolStatus =
  /** The server answered and listed its functions. */
  | 'HEALTHY'
  /** The server refused the credential, or there was none to send. */
  | 'NEEDS_AUTH'
  /** The server could not be reached or did not answer within 10 s. This does not mean that the credential is bad. */
  | 'UNAVAILABLE'
  /** Something answered, but it is not a working MCP server. */
  | 'UNHEALTHY'
  /** The upstream gives no status, or one that this API does not know. */
  | 'UNKNOWN';

/** The kind of an error that a form can show. */
export type UserErrorCode =
  /** The object already exists, and can exist only once. */
  | 'CONFLICT'
  /** The upstream does not allow this caller to do that. */
  | 'FORBIDDEN'
  /** The input is not valid. */
  | 'INVALID_INPUT'
  /** An object that the input names does not exist, or this caller may not see it. */
  | 'NOT_FOUND';

export type AgentsWithToolsQueryVariables = Exact<{
  projectId?: string;
}>;


export type AgentsWithToolsQuery = { project: { name: string | null, agents: { totalCount: number | null, nodes: Array<{ id: GlobalId, name: string | null, description: string | null, tools: { totalCount: number | null, nodes: Array<{ id: GlobalId, name: string | null, config: { url: string } | null }> } | null }> } | null } | null };

export type LiveStatusSubscriptionVariables = Exact<{
  agent?: GlobalId;
}>;


export type LiveStatusSubscription = { toolStatus: { status: ToolStatus, previousStatus: ToolStatus | null, freshness: Freshness, removed: boolean, observedAt: string, tool: { id: GlobalId, name: string | null } } };

export type AgentDeepQueryVariables = Exact<{
  projectId?: string;
  agentId?: string;
}>;


export type AgentDeepQuery = { agent: { id: GlobalId, name: string | null, subAgents: { nodes: Array<{ id: GlobalId, name: string | null, toolRelations: { nodes: Array<{ id: GlobalId, selectedTools: Array<string> | null, toolPolicies: Array<{ toolName: string, needsApproval: boolean }> | null, tool: { id: GlobalId, name: string | null, headerNames: Array<string> | null } | null }> } | null }> } | null } | null };

export type ToolWithLiveStatusQueryVariables = Exact<{
  projectId?: string;
  toolId?: string;
}>;


export type ToolWithLiveStatusQuery = { tool: { id: GlobalId, name: string | null, status: ToolStatus | null, lastError: string | null, availableTools: Array<{ name: string, description: string | null }> | null } | null };

export type WhoUsesThisToolQueryVariables = Exact<{
  projectId?: string;
  toolId?: string;
}>;


export type WhoUsesThisToolQuery = { tool: { id: GlobalId, name: string | null, relations: { totalCount: number | null, nodes: Array<{ selectedTools: Array<string> | null, agent: { id: GlobalId, name: string | null }, subAgent: { id: GlobalId, name: string | null } | null }> } | null } | null };

export type AttachToolMutationVariables = Exact<{
  subAgent?: GlobalId;
  tool?: GlobalId;
  selectedTools?: Array<string> | string | null | undefined;
}>;


export type AttachToolMutation = { attachToolToSubAgent:
    | { outcome: AttachOutcome, relation: { id: GlobalId, selectedTools: Array<string> | null, subAgent: { id: GlobalId, name: string | null } | null, tool: { id: GlobalId, name: string | null } | null } }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
    | { code: UserErrorCode, message: string, path: Array<string> | null, issues: Array<{ path: Array<string>, message: string }> }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
   | null };

export type UpdateToolMutationVariables = Exact<{
  id?: GlobalId;
}>;


export type UpdateToolMutation = { updateTool:
    | { code: UserErrorCode, message: string, path: Array<string> | null }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
    | { code: UserErrorCode, message: string, path: Array<string> | null, issues: Array<{ path: Array<string>, message: string }> }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
    | { tool: { id: GlobalId, name: string | null, description: string | null, imageUrl: string | null, headerNames: Array<string> | null, status: ToolStatus | null } }
   | null };

export type TypedErrorMutationVariables = Exact<{
  project?: GlobalId;
}>;


export type TypedErrorMutation = { createTool:
    | { code: UserErrorCode, message: string, path: Array<string> | null }
    | { tool: { id: GlobalId } }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
    | { code: UserErrorCode, message: string, path: Array<string> | null, issues: Array<{ path: Array<string>, message: string }> }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
   | null };

export type VoiceAgentsWithToolsQueryVariables = Exact<{
  first?: number;
}>;


export type VoiceAgentsWithToolsQuery = { voiceAgents: { totalCount: number | null, nodes: Array<{ id: GlobalId, name: string | null, status: string | null, agentTools: Array<{ id: GlobalId, toolName: string, enabled: boolean | null, tool: { id: GlobalId, displayName: string | null, description: string | null } | null }> | null }> } | null };

export type AttachToolToVoiceAgentMutationVariables = Exact<{
  agent?: GlobalId;
  toolName?: string;
}>;


export type AttachToolToVoiceAgentMutation = { attachToolToVoiceAgent:
    | { outcome: AttachOutcome, agentTool: { id: GlobalId, enabled: boolean | null, config: Record<string, unknown> | null, agent: { id: GlobalId, name: string | null } } }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
    | { code: UserErrorCode, message: string, path: Array<string> | null, issues: Array<{ path: Array<string>, message: string }> }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
   | null };

export type AgentEditorQueryVariables = Exact<{
  projectId: string;
  agentId: string;
}>;


export type AgentEditorQuery = { project: { id: GlobalId, permissions: { canEdit: boolean } | null, tools: { totalCount: number | null, nodes: Array<{ id: GlobalId, toolId: string, name: string | null, imageUrl: string | null, config: { url: string, activeTools: Array<string> | null } | null }> } | null } | null, agent: { id: GlobalId, name: string | null, description: string | null, prompt: string | null, models: unknown, stopWhen: unknown, subAgents: { totalCount: number | null, nodes: Array<{ id: GlobalId, subAgentId: string, name: string | null, description: string | null, prompt: string | null, models: unknown, stopWhen: unknown, outputContract: unknown, toolRelations: { nodes: Array<{ id: GlobalId, toolId: string, selectedTools: Array<string> | null, headers: Record<string, unknown> | null, toolPolicies: Array<{ toolName: string, needsApproval: boolean }> | null }> } | null }> } | null } | null };

export type AgentPickerQueryVariables = Exact<{
  projectId: string;
}>;


export type AgentPickerQuery = { project: { id: GlobalId, agents: { nodes: Array<{ id: GlobalId, agentId: string, name: string | null }> } | null } | null };

export type AgentsOfAllProjectsQueryVariables = Exact<{ [key: string]: never; }>;


export type AgentsOfAllProjectsQuery = { projects: { nodes: Array<{ id: GlobalId, name: string | null, agents: { nodes: Array<{ id: GlobalId, agentId: string, name: string | null }> } | null }> } | null };

export type BeforeDeletingAToolQueryVariables = Exact<{
  id: GlobalId;
}>;


export type BeforeDeletingAToolQuery = { node:
    | { id: GlobalId }
    | { id: GlobalId }
    | { id: GlobalId }
    | { id: GlobalId }
    | { id: GlobalId }
    | { name: string | null, id: GlobalId, relations: { totalCount: number | null, nodes: Array<{ id: GlobalId, agent: { id: GlobalId, name: string | null }, subAgent: { id: GlobalId, name: string | null } | null }> } | null }
    | { id: GlobalId }
    | { id: GlobalId }
    | { id: GlobalId }
   | null };

export type McpServerFormQueryVariables = Exact<{
  projectId: string;
  toolId: string;
}>;


export type McpServerFormQuery = { project: { id: GlobalId, credentialReferences: { nodes: Array<{ id: GlobalId, credentialReferenceId: string, name: string | null, type: CredentialType | null }> } | null } | null, tool: { id: GlobalId, name: string | null, description: string | null, imageUrl: string | null, credentialReferenceId: string | null, credentialScope: string | null, headers: Record<string, unknown> | null, isWorkApp: boolean | null, config: { url: string, activeTools: Array<string> | null, prompt: string | null, transport: { type: McpTransportType | null, sessionId: string | null, requestInit: Record<string, unknown> | null, eventSourceInit: Record<string, unknown> | null, reconnectionOptions: Record<string, unknown> | null } | null, toolOverrides: Array<{ toolName: string, displayName: string | null, description: string | null, schema: unknown, transformation: unknown }> } | null } | null };

export type McpServerQueryVariables = Exact<{
  projectId: string;
  toolId: string;
}>;


export type McpServerQuery = { tool: { id: GlobalId, name: string | null, description: string | null, imageUrl: string | null, createdAt: string | null, createdBy: string | null, expiresAt: string | null, status: ToolStatus | null, lastError: string | null, capabilities: unknown, credentialScope: string | null, headerNames: Array<string> | null, config: { url: string, activeTools: Array<string> | null, prompt: string | null, transport: { type: McpTransportType | null } | null, toolOverrides: Array<{ toolName: string, displayName: string | null, description: string | null }> } | null, availableTools: Array<{ name: string, description: string | null, inputSchema: Record<string, unknown> | null }> | null, credentialReference: { id: GlobalId, name: string | null, type: CredentialType | null, createdBy: string | null, createdAt: string | null } | null, userCredential: { credentialId: string, name: string | null, createdAt: string | null } | null } | null };

export type McpServersDeferredQueryVariables = Exact<{
  projectId: string;
  after?: string | null | undefined;
}>;


export type McpServersDeferredQuery = { project: { id: GlobalId, tools: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: GlobalId, toolId: string, name: string | null, imageUrl: string | null } & ({ status: ToolStatus | null } | { status?: never }) & ({ lastError: string | null } | { lastError?: never })> } | null } | null };

export type McpServersWithStatusQueryVariables = Exact<{
  projectId: string;
  after?: string | null | undefined;
}>;


export type McpServersWithStatusQuery = { project: { id: GlobalId, tools: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: GlobalId, toolId: string, name: string | null, imageUrl: string | null, credentialScope: string | null, createdAt: string | null, createdBy: string | null, status: ToolStatus | null, lastError: string | null, availableTools: Array<{ name: string }> | null, config: { url: string, activeTools: Array<string> | null } | null }> } | null } | null };

export type McpServersQueryVariables = Exact<{
  projectId: string;
  after?: string | null | undefined;
}>;


export type McpServersQuery = { project: { id: GlobalId, tools: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: GlobalId, toolId: string, name: string | null, imageUrl: string | null, credentialScope: string | null, createdAt: string | null, config: { url: string, activeTools: Array<string> | null } | null }> } | null } | null };

export type ProjectHeaderQueryVariables = Exact<{
  projectId: string;
}>;


export type ProjectHeaderQuery = { project: { id: GlobalId, name: string | null, permissions: { canView: boolean, canUse: boolean, canEdit: boolean } | null } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const AgentsWithToolsDocument = new TypedDocumentString(`
    query AgentsWithTools($projectId: String! = "support-desk") {
  project(projectId: $projectId) {
    name
    agents {
      totalCount
      nodes {
        id
        name
        description
        tools {
          totalCount
          nodes {
            id
            name
            config {
              url
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AgentsWithToolsQuery, AgentsWithToolsQueryVariables>;
export const LiveStatusDocument = new TypedDocumentString(`
    subscription LiveStatus($agent: ID! = "QWdlbnQ6ZGVmYXVsdC9zdXBwb3J0LWRlc2svdHJpYWdl") {
  toolStatus(watch: {agent: $agent}) {
    tool {
      id
      name
    }
    status
    previousStatus
    freshness
    removed
    observedAt
  }
}
    `) as unknown as TypedDocumentString<LiveStatusSubscription, LiveStatusSubscriptionVariables>;
export const AgentDeepDocument = new TypedDocumentString(`
    query AgentDeep($projectId: String! = "support-desk", $agentId: String! = "triage") {
  agent(projectId: $projectId, agentId: $agentId) {
    id
    name
    subAgents {
      nodes {
        id
        name
        toolRelations {
          nodes {
            id
            selectedTools
            toolPolicies {
              toolName
              needsApproval
            }
            tool {
              id
              name
              headerNames
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AgentDeepQuery, AgentDeepQueryVariables>;
export const ToolWithLiveStatusDocument = new TypedDocumentString(`
    query ToolWithLiveStatus($projectId: String! = "support-desk", $toolId: String! = "statuspage") {
  tool(projectId: $projectId, toolId: $toolId) {
    id
    name
    status
    lastError
    availableTools {
      name
      description
    }
  }
}
    `) as unknown as TypedDocumentString<ToolWithLiveStatusQuery, ToolWithLiveStatusQueryVariables>;
export const WhoUsesThisToolDocument = new TypedDocumentString(`
    query WhoUsesThisTool($projectId: String! = "support-desk", $toolId: String! = "zendesk") {
  tool(projectId: $projectId, toolId: $toolId) {
    id
    name
    relations {
      totalCount
      nodes {
        agent {
          id
          name
        }
        selectedTools
        subAgent {
          id
          name
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<WhoUsesThisToolQuery, WhoUsesThisToolQueryVariables>;
export const AttachToolDocument = new TypedDocumentString(`
    mutation AttachTool($subAgent: ID! = "U3ViQWdlbnQ6ZGVmYXVsdC9zdXBwb3J0LWRlc2svdHJpYWdlL3JvdXRlcg", $tool: ID! = "VG9vbDpkZWZhdWx0L3N1cHBvcnQtZGVzay9zbGFjaw", $selectedTools: [String!] = ["post_message"]) {
  attachToolToSubAgent(
    input: {subAgent: $subAgent, tool: $tool, selectedTools: $selectedTools}
  ) {
    ... on AttachToolToSubAgentPayload {
      outcome
      relation {
        id
        selectedTools
        subAgent {
          id
          name
        }
        tool {
          id
          name
        }
      }
    }
    ... on UserError {
      code
      message
      path
    }
    ... on InvalidInputError {
      issues {
        path
        message
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AttachToolMutation, AttachToolMutationVariables>;
export const UpdateToolDocument = new TypedDocumentString(`
    mutation UpdateTool($id: ID! = "VG9vbDpkZWZhdWx0L3N1cHBvcnQtZGVzay9jb25mbHVlbmNl") {
  updateTool(
    input: {id: $id, description: "Runbooks and product specifications", imageUrl: null}
  ) {
    ... on UpdateToolPayload {
      tool {
        id
        name
        description
        imageUrl
        headerNames
        status
      }
    }
    ... on UserError {
      code
      message
      path
    }
    ... on InvalidInputError {
      issues {
        path
        message
      }
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateToolMutation, UpdateToolMutationVariables>;
export const TypedErrorDocument = new TypedDocumentString(`
    mutation TypedError($project: ID! = "UHJvamVjdDpkZWZhdWx0L3N1cHBvcnQtZGVzaw") {
  createTool(
    input: {project: $project, toolId: "no spaces please", name: "", config: {url: "not a url"}}
  ) {
    ... on CreateToolPayload {
      tool {
        id
      }
    }
    ... on UserError {
      code
      message
      path
    }
    ... on InvalidInputError {
      issues {
        path
        message
      }
    }
  }
}
    `) as unknown as TypedDocumentString<TypedErrorMutation, TypedErrorMutationVariables>;
export const VoiceAgentsWithToolsDocument = new TypedDocumentString(`
    query VoiceAgentsWithTools($first: Int! = 3) {
  voiceAgents(first: $first) {
    totalCount
    nodes {
      id
      name
      status
      agentTools {
        id
        toolName
        enabled
        tool {
          id
          displayName
          description
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<VoiceAgentsWithToolsQuery, VoiceAgentsWithToolsQueryVariables>;
export const AttachToolToVoiceAgentDocument = new TypedDocumentString(`
    mutation AttachToolToVoiceAgent($agent: ID! = "Vm9pY2VBZ2VudDphZ2VudF8wMUhaMk43RzNLOE0wUTVSN1Q5VjJYNFk2QQ", $toolName: String! = "take_message") {
  attachToolToVoiceAgent(
    input: {agent: $agent, toolName: $toolName, config: {urgency: "normal"}}
  ) {
    ... on AttachToolToVoiceAgentPayload {
      outcome
      agentTool {
        id
        enabled
        config
        agent {
          id
          name
        }
      }
    }
    ... on UserError {
      code
      message
      path
    }
    ... on InvalidInputError {
      issues {
        path
        message
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AttachToolToVoiceAgentMutation, AttachToolToVoiceAgentMutationVariables>;
export const AgentEditorDocument = new TypedDocumentString(`
    query AgentEditor($projectId: String!, $agentId: String!) {
  project(projectId: $projectId) {
    id
    permissions {
      canEdit
    }
    tools(first: 100) {
      totalCount
      nodes {
        id
        toolId
        name
        imageUrl
        config {
          url
          activeTools
        }
      }
    }
  }
  agent(projectId: $projectId, agentId: $agentId) {
    id
    name
    description
    prompt
    models
    stopWhen
    subAgents(first: 100) {
      totalCount
      nodes {
        id
        subAgentId
        name
        description
        prompt
        models
        stopWhen
        outputContract
        toolRelations(first: 100) {
          nodes {
            id
            toolId
            selectedTools
            headers
            toolPolicies {
              toolName
              needsApproval
            }
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AgentEditorQuery, AgentEditorQueryVariables>;
export const AgentPickerDocument = new TypedDocumentString(`
    query AgentPicker($projectId: String!) {
  project(projectId: $projectId) {
    id
    agents(first: 100) {
      nodes {
        id
        agentId
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AgentPickerQuery, AgentPickerQueryVariables>;
export const AgentsOfAllProjectsDocument = new TypedDocumentString(`
    query AgentsOfAllProjects {
  projects(first: 100) {
    nodes {
      id
      name
      agents(first: 100) {
        nodes {
          id
          agentId
          name
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AgentsOfAllProjectsQuery, AgentsOfAllProjectsQueryVariables>;
export const BeforeDeletingAToolDocument = new TypedDocumentString(`
    query BeforeDeletingATool($id: ID!) {
  node(id: $id) {
    id
    ... on Tool {
      name
      relations {
        totalCount
        nodes {
          id
          agent {
            id
            name
          }
          subAgent {
            id
            name
          }
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<BeforeDeletingAToolQuery, BeforeDeletingAToolQueryVariables>;
export const McpServerFormDocument = new TypedDocumentString(`
    query McpServerForm($projectId: String!, $toolId: String!) {
  project(projectId: $projectId) {
    id
    credentialReferences(first: 100) {
      nodes {
        id
        credentialReferenceId
        name
        type
      }
    }
  }
  tool(projectId: $projectId, toolId: $toolId) {
    id
    name
    description
    imageUrl
    credentialReferenceId
    credentialScope
    headers
    isWorkApp
    config {
      url
      activeTools
      prompt
      transport {
        type
        sessionId
        requestInit
        eventSourceInit
        reconnectionOptions
      }
      toolOverrides {
        toolName
        displayName
        description
        schema
        transformation
      }
    }
  }
}
    `) as unknown as TypedDocumentString<McpServerFormQuery, McpServerFormQueryVariables>;
export const McpServerDocument = new TypedDocumentString(`
    query McpServer($projectId: String!, $toolId: String!) {
  tool(projectId: $projectId, toolId: $toolId) {
    id
    name
    description
    imageUrl
    createdAt
    createdBy
    expiresAt
    status
    lastError
    capabilities
    credentialScope
    headerNames
    config {
      url
      activeTools
      prompt
      transport {
        type
      }
      toolOverrides {
        toolName
        displayName
        description
      }
    }
    availableTools {
      name
      description
      inputSchema
    }
    credentialReference {
      id
      name
      type
      createdBy
      createdAt
    }
    userCredential {
      credentialId
      name
      createdAt
    }
  }
}
    `) as unknown as TypedDocumentString<McpServerQuery, McpServerQueryVariables>;
export const McpServersDeferredDocument = new TypedDocumentString(`
    query McpServersDeferred($projectId: String!, $after: String) {
  project(projectId: $projectId) {
    id
    tools(first: 50, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        toolId
        name
        imageUrl
        ... @defer {
          status
          lastError
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<McpServersDeferredQuery, McpServersDeferredQueryVariables>;
export const McpServersWithStatusDocument = new TypedDocumentString(`
    query McpServersWithStatus($projectId: String!, $after: String) {
  project(projectId: $projectId) {
    id
    tools(first: 100, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        toolId
        name
        imageUrl
        credentialScope
        createdAt
        createdBy
        status
        lastError
        availableTools {
          name
        }
        config {
          url
          activeTools
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<McpServersWithStatusQuery, McpServersWithStatusQueryVariables>;
export const McpServersDocument = new TypedDocumentString(`
    query McpServers($projectId: String!, $after: String) {
  project(projectId: $projectId) {
    id
    tools(first: 100, after: $after) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        toolId
        name
        imageUrl
        credentialScope
        createdAt
        config {
          url
          activeTools
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<McpServersQuery, McpServersQueryVariables>;
export const ProjectHeaderDocument = new TypedDocumentString(`
    query ProjectHeader($projectId: String!) {
  project(projectId: $projectId) {
    id
    name
    permissions {
      canView
      canUse
      canEdit
    }
  }
}
    `) as unknown as TypedDocumentString<ProjectHeaderQuery, ProjectHeaderQueryVariables>;