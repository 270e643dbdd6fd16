import { graphql } from './gql/index.js';

/** Watches the tools of an agent. The event's `tool` has an id and a status, so each event updates that tool in the cache. */
export const LiveTools = graphql(`
  subscription LiveTools($agent: ID!) {
    toolStatus(watch: { agent: $agent }) {
      freshness
      removed
      tool { id status lastError }
    }
  }
`);
