/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { GlobalId } from '../ids.js';
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What an attach did. */
export type AttachOutcome =
  /** The tool was not attached before. */
  | 'CREATED'
  /** The tool was already attached with these settings. Nothing was written. */
  | 'UNCHANGED'
  /** The tool was already attached, and its settings changed. */
  | 'UPDATED';

/** Whether a status is current. */
export type Freshness =
  /** The upstream has just returned it. */
  | 'LIVE'
  /** The upstream cannot be reached now; this is the last known status. */
  | 'STALE';

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


export type WhoUsesThisToolQuery = { tool: { id: GlobalId, name: string | null, relations: { totalCount: number | null, nodes: Array<{ agentId: string, selectedTools: Array<string> | null, subAgent: { id: GlobalId, name: string | null } | null }> } | null } | null };

export type AttachToolMutationVariables = Exact<{
  subAgent?: GlobalId;
  tool?: GlobalId;
  selectedTools?: Array<string> | string | null | undefined;
}>;


export type AttachToolMutation = { attachToolToSubAgent:
    | { outcome: AttachOutcome, relation: { id: GlobalId, selectedTools: Array<string> | null, subAgent: { id: GlobalId, name: string | null } | null, tool: { id: GlobalId, name: string | null } | null } }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
   | null };

export type UpdateToolMutationVariables = Exact<{
  id?: GlobalId;
}>;


export type UpdateToolMutation = { updateTool:
    | { code: UserErrorCode, message: string, path: Array<string> | null }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
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
    | { code: UserErrorCode, message: string, path: Array<string> | null }
    | { code: UserErrorCode, message: string, path: Array<string> | null }
   | null };

export type LiveStatusSubscriptionVariables = Exact<{
  agent?: GlobalId;
}>;


export type LiveStatusSubscription = { toolStatus: { status: ToolStatus, previousStatus: ToolStatus | null, freshness: Freshness, removed: boolean, observedAt: string, tool: { id: GlobalId, name: string | null } } };

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
        agentId
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
  }
}
    `) as unknown as TypedDocumentString<AttachToolToVoiceAgentMutation, AttachToolToVoiceAgentMutationVariables>;
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