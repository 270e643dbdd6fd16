import { graphql } from './graphql.js';

export const Live = graphql(`
  subscription Live($agent: ID!) {
    toolStatus(watch: { agent: $agent }) { tool { id name } status freshness removed }
  }
`);
