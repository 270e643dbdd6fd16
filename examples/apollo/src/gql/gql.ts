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
    "\n  mutation CreateTool($input: CreateToolInput!) {\n    createTool(input: $input) {\n      ... on CreateToolPayload { tool { id } }\n      ... on UserError { code message path }\n      ... on InvalidInputError { issues { path message } }\n    }\n  }\n": typeof types.CreateToolDocument,
    "\n  query ToolsWithStatus($projectId: String!) {\n    project(projectId: $projectId) {\n      id\n      tools(first: 50) {\n        edges { node { id name ... @defer { status lastError } } }\n      }\n    }\n  }\n": typeof types.ToolsWithStatusDocument,
    "\n  fragment RowStatus on Tool { id status lastError }\n": typeof types.RowStatusFragmentDoc,
    "\n  subscription LiveTools($watch: ToolStatusWatch!) {\n    toolStatus(watch: $watch) { tool { id ...RowStatus } freshness removed }\n  }\n": typeof types.LiveToolsDocument,
    "\n  fragment ToolRow on Tool { name createdAt }\n": typeof types.ToolRowFragmentDoc,
    "\n  query ToolsPage($projectId: String!, $first: Int!, $after: String) {\n    project(projectId: $projectId) {\n      id\n      tools(first: $first, after: $after) {\n        totalCount edges { node { id ...ToolRow } } pageInfo { hasNextPage endCursor }\n      }\n    }\n  }\n": typeof types.ToolsPageDocument,
};
const documents: Documents = {
    "\n  mutation CreateTool($input: CreateToolInput!) {\n    createTool(input: $input) {\n      ... on CreateToolPayload { tool { id } }\n      ... on UserError { code message path }\n      ... on InvalidInputError { issues { path message } }\n    }\n  }\n": types.CreateToolDocument,
    "\n  query ToolsWithStatus($projectId: String!) {\n    project(projectId: $projectId) {\n      id\n      tools(first: 50) {\n        edges { node { id name ... @defer { status lastError } } }\n      }\n    }\n  }\n": types.ToolsWithStatusDocument,
    "\n  fragment RowStatus on Tool { id status lastError }\n": types.RowStatusFragmentDoc,
    "\n  subscription LiveTools($watch: ToolStatusWatch!) {\n    toolStatus(watch: $watch) { tool { id ...RowStatus } freshness removed }\n  }\n": types.LiveToolsDocument,
    "\n  fragment ToolRow on Tool { name createdAt }\n": types.ToolRowFragmentDoc,
    "\n  query ToolsPage($projectId: String!, $first: Int!, $after: String) {\n    project(projectId: $projectId) {\n      id\n      tools(first: $first, after: $after) {\n        totalCount edges { node { id ...ToolRow } } pageInfo { hasNextPage endCursor }\n      }\n    }\n  }\n": types.ToolsPageDocument,
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
export function graphql(source: "\n  mutation CreateTool($input: CreateToolInput!) {\n    createTool(input: $input) {\n      ... on CreateToolPayload { tool { id } }\n      ... on UserError { code message path }\n      ... on InvalidInputError { issues { path message } }\n    }\n  }\n"): (typeof documents)["\n  mutation CreateTool($input: CreateToolInput!) {\n    createTool(input: $input) {\n      ... on CreateToolPayload { tool { id } }\n      ... on UserError { code message path }\n      ... on InvalidInputError { issues { path message } }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ToolsWithStatus($projectId: String!) {\n    project(projectId: $projectId) {\n      id\n      tools(first: 50) {\n        edges { node { id name ... @defer { status lastError } } }\n      }\n    }\n  }\n"): (typeof documents)["\n  query ToolsWithStatus($projectId: String!) {\n    project(projectId: $projectId) {\n      id\n      tools(first: 50) {\n        edges { node { id name ... @defer { status lastError } } }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment RowStatus on Tool { id status lastError }\n"): (typeof documents)["\n  fragment RowStatus on Tool { id status lastError }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription LiveTools($watch: ToolStatusWatch!) {\n    toolStatus(watch: $watch) { tool { id ...RowStatus } freshness removed }\n  }\n"): (typeof documents)["\n  subscription LiveTools($watch: ToolStatusWatch!) {\n    toolStatus(watch: $watch) { tool { id ...RowStatus } freshness removed }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ToolRow on Tool { name createdAt }\n"): (typeof documents)["\n  fragment ToolRow on Tool { name createdAt }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ToolsPage($projectId: String!, $first: Int!, $after: String) {\n    project(projectId: $projectId) {\n      id\n      tools(first: $first, after: $after) {\n        totalCount edges { node { id ...ToolRow } } pageInfo { hasNextPage endCursor }\n      }\n    }\n  }\n"): (typeof documents)["\n  query ToolsPage($projectId: String!, $first: Int!, $after: String) {\n    project(projectId: $projectId) {\n      id\n      tools(first: $first, after: $after) {\n        totalCount edges { node { id ...ToolRow } } pageInfo { hasNextPage endCursor }\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;