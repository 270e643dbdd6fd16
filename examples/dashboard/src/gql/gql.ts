/* eslint-disable */
import * as types from './graphql.js';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

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
    "\n  query AgentPage($projectId: String!, $agentId: String!) {\n    project(projectId: $projectId) {\n      id\n      permissions { canEdit }\n      choice: tools(first: 500) { nodes { id name } }\n    }\n    agent(projectId: $projectId, agentId: $agentId) {\n      id\n      name\n      description\n      subAgents(first: 100) {\n        nodes {\n          id\n          name\n          description\n          toolRelations(first: 100) { nodes { id tool { id } ...AttachedTool } }\n        }\n      }\n    }\n  }\n": typeof types.AgentPageDocument,
    "\n  mutation AttachTool($input: AttachToolToSubAgentInput!) {\n    attachToolToSubAgent(input: $input) {\n      ... on AttachToolToSubAgentPayload { relation { id selectedTools tool { id name } } }\n      ... on UserError { code message path }\n      ... on InvalidInputError { issues { path message } }\n    }\n  }\n": typeof types.AttachToolDocument,
    "\n  fragment AttachedTool on SubAgentToolRelation { id selectedTools tool { id name } }\n": typeof types.AttachedToolFragmentDoc,
    "\n  mutation DetachTool($id: ID!) {\n    detachToolFromSubAgent(input: { id: $id }) {\n      ... on DetachToolFromSubAgentPayload { deletedId }\n      ... on UserError { code message path }\n    }\n  }\n": typeof types.DetachToolDocument,
    "\n  query Projects {\n    projects(first: 100) { nodes { id projectId name } }\n  }\n": typeof types.ProjectsDocument,
    "\n  subscription ToolStatusChanges($project: ID!) {\n    toolStatus(watch: { project: $project }) {\n      freshness\n      removed\n      tool { ...ToolStatusBadge id }\n    }\n  }\n": typeof types.ToolStatusChangesDocument,
    "\n  query ProjectPage($projectId: String!) {\n    project(projectId: $projectId) {\n      id\n      name\n      permissions { canEdit }\n      agents(first: 100) { nodes { id agentId name description } }\n    }\n  }\n": typeof types.ProjectPageDocument,
    "\n  mutation CreateTool($input: CreateToolInput!) {\n    createTool(input: $input) {\n      ... on CreateToolPayload { tool { id ...ToolCells } }\n      ... on UserError { code message path }\n      ... on InvalidInputError { issues { path message } }\n    }\n  }\n": typeof types.CreateToolDocument,
    "\n  query BeforeDeletingATool($id: ID!) {\n    node(id: $id) {\n      id\n      ... on Tool {\n        relations { totalCount nodes { id agent { id name } subAgent { id name } } }\n      }\n    }\n  }\n": typeof types.BeforeDeletingAToolDocument,
    "\n  mutation DeleteTool($id: ID!) {\n    deleteTool(input: { id: $id }) {\n      ... on DeleteToolPayload { deletedId }\n      ... on UserError { code message path }\n    }\n  }\n": typeof types.DeleteToolDocument,
    "\n  fragment ToolStatusBadge on Tool { status lastError }\n": typeof types.ToolStatusBadgeFragmentDoc,
    "\n  fragment ToolCells on Tool { id name description config { url } }\n": typeof types.ToolCellsFragmentDoc,
    "\n  query ToolsPage($projectId: String!, $after: String) {\n    project(projectId: $projectId) {\n      id\n      tools(first: 15, after: $after) {\n        totalCount\n        edges { node { id ...ToolCells } }\n        pageInfo { hasNextPage endCursor }\n      }\n    }\n  }\n": typeof types.ToolsPageDocument,
};
const documents: Documents = {
    "\n  query AgentPage($projectId: String!, $agentId: String!) {\n    project(projectId: $projectId) {\n      id\n      permissions { canEdit }\n      choice: tools(first: 500) { nodes { id name } }\n    }\n    agent(projectId: $projectId, agentId: $agentId) {\n      id\n      name\n      description\n      subAgents(first: 100) {\n        nodes {\n          id\n          name\n          description\n          toolRelations(first: 100) { nodes { id tool { id } ...AttachedTool } }\n        }\n      }\n    }\n  }\n": types.AgentPageDocument,
    "\n  mutation AttachTool($input: AttachToolToSubAgentInput!) {\n    attachToolToSubAgent(input: $input) {\n      ... on AttachToolToSubAgentPayload { relation { id selectedTools tool { id name } } }\n      ... on UserError { code message path }\n      ... on InvalidInputError { issues { path message } }\n    }\n  }\n": types.AttachToolDocument,
    "\n  fragment AttachedTool on SubAgentToolRelation { id selectedTools tool { id name } }\n": types.AttachedToolFragmentDoc,
    "\n  mutation DetachTool($id: ID!) {\n    detachToolFromSubAgent(input: { id: $id }) {\n      ... on DetachToolFromSubAgentPayload { deletedId }\n      ... on UserError { code message path }\n    }\n  }\n": types.DetachToolDocument,
    "\n  query Projects {\n    projects(first: 100) { nodes { id projectId name } }\n  }\n": types.ProjectsDocument,
    "\n  subscription ToolStatusChanges($project: ID!) {\n    toolStatus(watch: { project: $project }) {\n      freshness\n      removed\n      tool { ...ToolStatusBadge id }\n    }\n  }\n": types.ToolStatusChangesDocument,
    "\n  query ProjectPage($projectId: String!) {\n    project(projectId: $projectId) {\n      id\n      name\n      permissions { canEdit }\n      agents(first: 100) { nodes { id agentId name description } }\n    }\n  }\n": types.ProjectPageDocument,
    "\n  mutation CreateTool($input: CreateToolInput!) {\n    createTool(input: $input) {\n      ... on CreateToolPayload { tool { id ...ToolCells } }\n      ... on UserError { code message path }\n      ... on InvalidInputError { issues { path message } }\n    }\n  }\n": types.CreateToolDocument,
    "\n  query BeforeDeletingATool($id: ID!) {\n    node(id: $id) {\n      id\n      ... on Tool {\n        relations { totalCount nodes { id agent { id name } subAgent { id name } } }\n      }\n    }\n  }\n": types.BeforeDeletingAToolDocument,
    "\n  mutation DeleteTool($id: ID!) {\n    deleteTool(input: { id: $id }) {\n      ... on DeleteToolPayload { deletedId }\n      ... on UserError { code message path }\n    }\n  }\n": types.DeleteToolDocument,
    "\n  fragment ToolStatusBadge on Tool { status lastError }\n": types.ToolStatusBadgeFragmentDoc,
    "\n  fragment ToolCells on Tool { id name description config { url } }\n": types.ToolCellsFragmentDoc,
    "\n  query ToolsPage($projectId: String!, $after: String) {\n    project(projectId: $projectId) {\n      id\n      tools(first: 15, after: $after) {\n        totalCount\n        edges { node { id ...ToolCells } }\n        pageInfo { hasNextPage endCursor }\n      }\n    }\n  }\n": types.ToolsPageDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AgentPage($projectId: String!, $agentId: String!) {\n    project(projectId: $projectId) {\n      id\n      permissions { canEdit }\n      choice: tools(first: 500) { nodes { id name } }\n    }\n    agent(projectId: $projectId, agentId: $agentId) {\n      id\n      name\n      description\n      subAgents(first: 100) {\n        nodes {\n          id\n          name\n          description\n          toolRelations(first: 100) { nodes { id tool { id } ...AttachedTool } }\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query AgentPage($projectId: String!, $agentId: String!) {\n    project(projectId: $projectId) {\n      id\n      permissions { canEdit }\n      choice: tools(first: 500) { nodes { id name } }\n    }\n    agent(projectId: $projectId, agentId: $agentId) {\n      id\n      name\n      description\n      subAgents(first: 100) {\n        nodes {\n          id\n          name\n          description\n          toolRelations(first: 100) { nodes { id tool { id } ...AttachedTool } }\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation AttachTool($input: AttachToolToSubAgentInput!) {\n    attachToolToSubAgent(input: $input) {\n      ... on AttachToolToSubAgentPayload { relation { id selectedTools tool { id name } } }\n      ... on UserError { code message path }\n      ... on InvalidInputError { issues { path message } }\n    }\n  }\n"): (typeof documents)["\n  mutation AttachTool($input: AttachToolToSubAgentInput!) {\n    attachToolToSubAgent(input: $input) {\n      ... on AttachToolToSubAgentPayload { relation { id selectedTools tool { id name } } }\n      ... on UserError { code message path }\n      ... on InvalidInputError { issues { path message } }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment AttachedTool on SubAgentToolRelation { id selectedTools tool { id name } }\n"): (typeof documents)["\n  fragment AttachedTool on SubAgentToolRelation { id selectedTools tool { id name } }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DetachTool($id: ID!) {\n    detachToolFromSubAgent(input: { id: $id }) {\n      ... on DetachToolFromSubAgentPayload { deletedId }\n      ... on UserError { code message path }\n    }\n  }\n"): (typeof documents)["\n  mutation DetachTool($id: ID!) {\n    detachToolFromSubAgent(input: { id: $id }) {\n      ... on DetachToolFromSubAgentPayload { deletedId }\n      ... on UserError { code message path }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Projects {\n    projects(first: 100) { nodes { id projectId name } }\n  }\n"): (typeof documents)["\n  query Projects {\n    projects(first: 100) { nodes { id projectId name } }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription ToolStatusChanges($project: ID!) {\n    toolStatus(watch: { project: $project }) {\n      freshness\n      removed\n      tool { ...ToolStatusBadge id }\n    }\n  }\n"): (typeof documents)["\n  subscription ToolStatusChanges($project: ID!) {\n    toolStatus(watch: { project: $project }) {\n      freshness\n      removed\n      tool { ...ToolStatusBadge id }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ProjectPage($projectId: String!) {\n    project(projectId: $projectId) {\n      id\n      name\n      permissions { canEdit }\n      agents(first: 100) { nodes { id agentId name description } }\n    }\n  }\n"): (typeof documents)["\n  query ProjectPage($projectId: String!) {\n    project(projectId: $projectId) {\n      id\n      name\n      permissions { canEdit }\n      agents(first: 100) { nodes { id agentId name description } }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateTool($input: CreateToolInput!) {\n    createTool(input: $input) {\n      ... on CreateToolPayload { tool { id ...ToolCells } }\n      ... on UserError { code message path }\n      ... on InvalidInputError { issues { path message } }\n    }\n  }\n"): (typeof documents)["\n  mutation CreateTool($input: CreateToolInput!) {\n    createTool(input: $input) {\n      ... on CreateToolPayload { tool { id ...ToolCells } }\n      ... on UserError { code message path }\n      ... on InvalidInputError { issues { path message } }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query BeforeDeletingATool($id: ID!) {\n    node(id: $id) {\n      id\n      ... on Tool {\n        relations { totalCount nodes { id agent { id name } subAgent { id name } } }\n      }\n    }\n  }\n"): (typeof documents)["\n  query BeforeDeletingATool($id: ID!) {\n    node(id: $id) {\n      id\n      ... on Tool {\n        relations { totalCount nodes { id agent { id name } subAgent { id name } } }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteTool($id: ID!) {\n    deleteTool(input: { id: $id }) {\n      ... on DeleteToolPayload { deletedId }\n      ... on UserError { code message path }\n    }\n  }\n"): (typeof documents)["\n  mutation DeleteTool($id: ID!) {\n    deleteTool(input: { id: $id }) {\n      ... on DeleteToolPayload { deletedId }\n      ... on UserError { code message path }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ToolStatusBadge on Tool { status lastError }\n"): (typeof documents)["\n  fragment ToolStatusBadge on Tool { status lastError }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ToolCells on Tool { id name description config { url } }\n"): (typeof documents)["\n  fragment ToolCells on Tool { id name description config { url } }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ToolsPage($projectId: String!, $after: String) {\n    project(projectId: $projectId) {\n      id\n      tools(first: 15, after: $after) {\n        totalCount\n        edges { node { id ...ToolCells } }\n        pageInfo { hasNextPage endCursor }\n      }\n    }\n  }\n"): (typeof documents)["\n  query ToolsPage($projectId: String!, $after: String) {\n    project(projectId: $projectId) {\n      id\n      tools(first: 15, after: $after) {\n        totalCount\n        edges { node { id ...ToolCells } }\n        pageInfo { hasNextPage endCursor }\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;