import { graphql } from './graphql.js';

export const Live = graphql(`
  subscription Live($watch: ToolStatusWatch!) {
    toolStatus(watch: $watch) { tool { id name } status freshness removed }
  }
`);
