import { graphql } from './gql/index.js';

export const RowStatus = graphql(`
  fragment RowStatus on Tool { id status lastError }
`);

/** The cache keeps the fields of the event's `tool`, because it has an id. */
export const LiveTools = graphql(`
  subscription LiveTools($watch: ToolStatusWatch!) {
    toolStatus(watch: $watch) { tool { id ...RowStatus } freshness removed }
  }
`);
