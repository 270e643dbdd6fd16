/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query AgentsWithTools($projectId: String! = \"support-desk\") {\n  project(projectId: $projectId) {\n    name\n    agents {\n      totalCount\n      nodes {\n        id\n        name\n        description\n        tools {\n          totalCount\n          nodes {\n            id\n            name\n            config {\n              url\n            }\n          }\n        }\n      }\n    }\n  }\n}": typeof types.AgentsWithToolsDocument,
    "query AgentDeep($projectId: String! = \"support-desk\", $agentId: String! = \"triage\") {\n  agent(projectId: $projectId, agentId: $agentId) {\n    id\n    name\n    subAgents {\n      nodes {\n        id\n        name\n        toolRelations {\n          nodes {\n            id\n            selectedTools\n            toolPolicies {\n              toolName\n              needsApproval\n            }\n            tool {\n              id\n              name\n              headerNames\n            }\n          }\n        }\n      }\n    }\n  }\n}": typeof types.AgentDeepDocument,
    "query ToolWithLiveStatus($projectId: String! = \"support-desk\", $toolId: String! = \"statuspage\") {\n  tool(projectId: $projectId, toolId: $toolId) {\n    id\n    name\n    status\n    lastError\n    availableTools {\n      name\n      description\n    }\n  }\n}": typeof types.ToolWithLiveStatusDocument,
    "query WhoUsesThisTool($projectId: String! = \"support-desk\", $toolId: String! = \"zendesk\") {\n  tool(projectId: $projectId, toolId: $toolId) {\n    id\n    name\n    relations {\n      totalCount\n      nodes {\n        agentId\n        selectedTools\n        subAgent {\n          id\n          name\n        }\n      }\n    }\n  }\n}": typeof types.WhoUsesThisToolDocument,
    "mutation AttachTool($subAgent: ID! = \"U3ViQWdlbnQ6ZGVmYXVsdC9zdXBwb3J0LWRlc2svdHJpYWdlL3JvdXRlcg\", $tool: ID! = \"VG9vbDpkZWZhdWx0L3N1cHBvcnQtZGVzay9zbGFjaw\", $selectedTools: [String!] = [\"post_message\"]) {\n  attachToolToSubAgent(\n    input: {subAgent: $subAgent, tool: $tool, selectedTools: $selectedTools}\n  ) {\n    ... on AttachToolToSubAgentPayload {\n      outcome\n      relation {\n        id\n        selectedTools\n        subAgent {\n          id\n          name\n        }\n        tool {\n          id\n          name\n        }\n      }\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.AttachToolDocument,
    "mutation UpdateTool($id: ID! = \"VG9vbDpkZWZhdWx0L3N1cHBvcnQtZGVzay9jb25mbHVlbmNl\") {\n  updateTool(\n    input: {id: $id, description: \"Runbooks and product specifications\", imageUrl: null}\n  ) {\n    ... on UpdateToolPayload {\n      tool {\n        id\n        name\n        description\n        imageUrl\n        headerNames\n        status\n      }\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.UpdateToolDocument,
    "mutation TypedError($project: ID! = \"UHJvamVjdDpkZWZhdWx0L3N1cHBvcnQtZGVzaw\") {\n  createTool(\n    input: {project: $project, toolId: \"no spaces please\", name: \"\", config: {url: \"not a url\"}}\n  ) {\n    ... on CreateToolPayload {\n      tool {\n        id\n      }\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n    ... on InvalidInputError {\n      issues {\n        path\n        message\n      }\n    }\n  }\n}": typeof types.TypedErrorDocument,
    "query VoiceAgentsWithTools($first: Int! = 3) {\n  voiceAgents(first: $first) {\n    totalCount\n    nodes {\n      id\n      name\n      status\n      agentTools {\n        id\n        toolName\n        enabled\n        tool {\n          id\n          displayName\n          description\n        }\n      }\n    }\n  }\n}": typeof types.VoiceAgentsWithToolsDocument,
    "mutation AttachToolToVoiceAgent($agent: ID! = \"Vm9pY2VBZ2VudDphZ2VudF8wMUhaMk43RzNLOE0wUTVSN1Q5VjJYNFk2QQ\", $toolName: String! = \"take_message\") {\n  attachToolToVoiceAgent(\n    input: {agent: $agent, toolName: $toolName, config: {urgency: \"normal\"}}\n  ) {\n    ... on AttachToolToVoiceAgentPayload {\n      outcome\n      agentTool {\n        id\n        enabled\n        config\n        agent {\n          id\n          name\n        }\n      }\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n  }\n}": typeof types.AttachToolToVoiceAgentDocument,
    "subscription LiveStatus($agent: ID! = \"QWdlbnQ6ZGVmYXVsdC9zdXBwb3J0LWRlc2svdHJpYWdl\") {\n  toolStatus(watch: {agent: $agent}) {\n    tool {\n      id\n      name\n    }\n    status\n    previousStatus\n    freshness\n    removed\n    observedAt\n  }\n}": typeof types.LiveStatusDocument,
};
const documents: Documents = {
    "query AgentsWithTools($projectId: String! = \"support-desk\") {\n  project(projectId: $projectId) {\n    name\n    agents {\n      totalCount\n      nodes {\n        id\n        name\n        description\n        tools {\n          totalCount\n          nodes {\n            id\n            name\n            config {\n              url\n            }\n          }\n        }\n      }\n    }\n  }\n}": types.AgentsWithToolsDocument,
    "query AgentDeep($projectId: String! = \"support-desk\", $agentId: String! = \"triage\") {\n  agent(projectId: $projectId, agentId: $agentId) {\n    id\n    name\n    subAgents {\n      nodes {\n        id\n        name\n        toolRelations {\n          nodes {\n            id\n            selectedTools\n            toolPolicies {\n              toolName\n              needsApproval\n            }\n            tool {\n              id\n              name\n              headerNames\n            }\n          }\n        }\n      }\n    }\n  }\n}": types.AgentDeepDocument,
    "query ToolWithLiveStatus($projectId: String! = \"support-desk\", $toolId: String! = \"statuspage\") {\n  tool(projectId: $projectId, toolId: $toolId) {\n    id\n    name\n    status\n    lastError\n    availableTools {\n      name\n      description\n    }\n  }\n}": types.ToolWithLiveStatusDocument,
    "query WhoUsesThisTool($projectId: String! = \"support-desk\", $toolId: String! = \"zendesk\") {\n  tool(projectId: $projectId, toolId: $toolId) {\n    id\n    name\n    relations {\n      totalCount\n      nodes {\n        agentId\n        selectedTools\n        subAgent {\n          id\n          name\n        }\n      }\n    }\n  }\n}": types.WhoUsesThisToolDocument,
    "mutation AttachTool($subAgent: ID! = \"U3ViQWdlbnQ6ZGVmYXVsdC9zdXBwb3J0LWRlc2svdHJpYWdlL3JvdXRlcg\", $tool: ID! = \"VG9vbDpkZWZhdWx0L3N1cHBvcnQtZGVzay9zbGFjaw\", $selectedTools: [String!] = [\"post_message\"]) {\n  attachToolToSubAgent(\n    input: {subAgent: $subAgent, tool: $tool, selectedTools: $selectedTools}\n  ) {\n    ... on AttachToolToSubAgentPayload {\n      outcome\n      relation {\n        id\n        selectedTools\n        subAgent {\n          id\n          name\n        }\n        tool {\n          id\n          name\n        }\n      }\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n  }\n}": types.AttachToolDocument,
    "mutation UpdateTool($id: ID! = \"VG9vbDpkZWZhdWx0L3N1cHBvcnQtZGVzay9jb25mbHVlbmNl\") {\n  updateTool(\n    input: {id: $id, description: \"Runbooks and product specifications\", imageUrl: null}\n  ) {\n    ... on UpdateToolPayload {\n      tool {\n        id\n        name\n        description\n        imageUrl\n        headerNames\n        status\n      }\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n  }\n}": types.UpdateToolDocument,
    "mutation TypedError($project: ID! = \"UHJvamVjdDpkZWZhdWx0L3N1cHBvcnQtZGVzaw\") {\n  createTool(\n    input: {project: $project, toolId: \"no spaces please\", name: \"\", config: {url: \"not a url\"}}\n  ) {\n    ... on CreateToolPayload {\n      tool {\n        id\n      }\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n    ... on InvalidInputError {\n      issues {\n        path\n        message\n      }\n    }\n  }\n}": types.TypedErrorDocument,
    "query VoiceAgentsWithTools($first: Int! = 3) {\n  voiceAgents(first: $first) {\n    totalCount\n    nodes {\n      id\n      name\n      status\n      agentTools {\n        id\n        toolName\n        enabled\n        tool {\n          id\n          displayName\n          description\n        }\n      }\n    }\n  }\n}": types.VoiceAgentsWithToolsDocument,
    "mutation AttachToolToVoiceAgent($agent: ID! = \"Vm9pY2VBZ2VudDphZ2VudF8wMUhaMk43RzNLOE0wUTVSN1Q5VjJYNFk2QQ\", $toolName: String! = \"take_message\") {\n  attachToolToVoiceAgent(\n    input: {agent: $agent, toolName: $toolName, config: {urgency: \"normal\"}}\n  ) {\n    ... on AttachToolToVoiceAgentPayload {\n      outcome\n      agentTool {\n        id\n        enabled\n        config\n        agent {\n          id\n          name\n        }\n      }\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n  }\n}": types.AttachToolToVoiceAgentDocument,
    "subscription LiveStatus($agent: ID! = \"QWdlbnQ6ZGVmYXVsdC9zdXBwb3J0LWRlc2svdHJpYWdl\") {\n  toolStatus(watch: {agent: $agent}) {\n    tool {\n      id\n      name\n    }\n    status\n    previousStatus\n    freshness\n    removed\n    observedAt\n  }\n}": types.LiveStatusDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query AgentsWithTools($projectId: String! = \"support-desk\") {\n  project(projectId: $projectId) {\n    name\n    agents {\n      totalCount\n      nodes {\n        id\n        name\n        description\n        tools {\n          totalCount\n          nodes {\n            id\n            name\n            config {\n              url\n            }\n          }\n        }\n      }\n    }\n  }\n}"): typeof import('./graphql.js').AgentsWithToolsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query AgentDeep($projectId: String! = \"support-desk\", $agentId: String! = \"triage\") {\n  agent(projectId: $projectId, agentId: $agentId) {\n    id\n    name\n    subAgents {\n      nodes {\n        id\n        name\n        toolRelations {\n          nodes {\n            id\n            selectedTools\n            toolPolicies {\n              toolName\n              needsApproval\n            }\n            tool {\n              id\n              name\n              headerNames\n            }\n          }\n        }\n      }\n    }\n  }\n}"): typeof import('./graphql.js').AgentDeepDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ToolWithLiveStatus($projectId: String! = \"support-desk\", $toolId: String! = \"statuspage\") {\n  tool(projectId: $projectId, toolId: $toolId) {\n    id\n    name\n    status\n    lastError\n    availableTools {\n      name\n      description\n    }\n  }\n}"): typeof import('./graphql.js').ToolWithLiveStatusDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query WhoUsesThisTool($projectId: String! = \"support-desk\", $toolId: String! = \"zendesk\") {\n  tool(projectId: $projectId, toolId: $toolId) {\n    id\n    name\n    relations {\n      totalCount\n      nodes {\n        agentId\n        selectedTools\n        subAgent {\n          id\n          name\n        }\n      }\n    }\n  }\n}"): typeof import('./graphql.js').WhoUsesThisToolDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation AttachTool($subAgent: ID! = \"U3ViQWdlbnQ6ZGVmYXVsdC9zdXBwb3J0LWRlc2svdHJpYWdlL3JvdXRlcg\", $tool: ID! = \"VG9vbDpkZWZhdWx0L3N1cHBvcnQtZGVzay9zbGFjaw\", $selectedTools: [String!] = [\"post_message\"]) {\n  attachToolToSubAgent(\n    input: {subAgent: $subAgent, tool: $tool, selectedTools: $selectedTools}\n  ) {\n    ... on AttachToolToSubAgentPayload {\n      outcome\n      relation {\n        id\n        selectedTools\n        subAgent {\n          id\n          name\n        }\n        tool {\n          id\n          name\n        }\n      }\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').AttachToolDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation UpdateTool($id: ID! = \"VG9vbDpkZWZhdWx0L3N1cHBvcnQtZGVzay9jb25mbHVlbmNl\") {\n  updateTool(\n    input: {id: $id, description: \"Runbooks and product specifications\", imageUrl: null}\n  ) {\n    ... on UpdateToolPayload {\n      tool {\n        id\n        name\n        description\n        imageUrl\n        headerNames\n        status\n      }\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').UpdateToolDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation TypedError($project: ID! = \"UHJvamVjdDpkZWZhdWx0L3N1cHBvcnQtZGVzaw\") {\n  createTool(\n    input: {project: $project, toolId: \"no spaces please\", name: \"\", config: {url: \"not a url\"}}\n  ) {\n    ... on CreateToolPayload {\n      tool {\n        id\n      }\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n    ... on InvalidInputError {\n      issues {\n        path\n        message\n      }\n    }\n  }\n}"): typeof import('./graphql.js').TypedErrorDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query VoiceAgentsWithTools($first: Int! = 3) {\n  voiceAgents(first: $first) {\n    totalCount\n    nodes {\n      id\n      name\n      status\n      agentTools {\n        id\n        toolName\n        enabled\n        tool {\n          id\n          displayName\n          description\n        }\n      }\n    }\n  }\n}"): typeof import('./graphql.js').VoiceAgentsWithToolsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "mutation AttachToolToVoiceAgent($agent: ID! = \"Vm9pY2VBZ2VudDphZ2VudF8wMUhaMk43RzNLOE0wUTVSN1Q5VjJYNFk2QQ\", $toolName: String! = \"take_message\") {\n  attachToolToVoiceAgent(\n    input: {agent: $agent, toolName: $toolName, config: {urgency: \"normal\"}}\n  ) {\n    ... on AttachToolToVoiceAgentPayload {\n      outcome\n      agentTool {\n        id\n        enabled\n        config\n        agent {\n          id\n          name\n        }\n      }\n    }\n    ... on UserError {\n      code\n      message\n      path\n    }\n  }\n}"): typeof import('./graphql.js').AttachToolToVoiceAgentDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "subscription LiveStatus($agent: ID! = \"QWdlbnQ6ZGVmYXVsdC9zdXBwb3J0LWRlc2svdHJpYWdl\") {\n  toolStatus(watch: {agent: $agent}) {\n    tool {\n      id\n      name\n    }\n    status\n    previousStatus\n    freshness\n    removed\n    observedAt\n  }\n}"): typeof import('./graphql.js').LiveStatusDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
