import { GraphQLDeferDirective } from '@graphql-tools/utils';
import { GraphQLDirective, GraphQLSchema } from 'graphql';
import './core/scalars/scalars.js';
import './core/mutations/user-error-types.js';
import './inkeep/project.js';
import './inkeep/agent.js';
import './inkeep/sub-agent.js';
import './inkeep/tool/type.js';
import './inkeep/tool/connection.js';
import './inkeep/relation/type.js';
import './inkeep/relation/links.js';
import './inkeep/user-credential.js';
import './inkeep/credential-reference.js';
import './kataven/voice-agent.js';
import './kataven/voice-tool.js';
import './kataven/voice-agent-tool.js';
import './core/ids/node.js';
import './inkeep/tool/mutations.js';
import './inkeep/relation/mutations.js';
import './kataven/mutations.js';
import './inkeep/tool/status-subscription.js';
import { builder } from './core/builder.js';
import { guardResolvers } from './core/errors/guard-resolvers.js';

const DESCRIPTION = `
Agents, their tools and who may use which, from the Inkeep Agents manage API and the Kataven Hub API, in one graph.
Reading takes few upstream calls, and each description says how many; live fields of a tool, such as \`status\`, make the upstream probe its MCP server.
Your credential is passed on, so you see what you may see there.

A first query:

    { projects { nodes { projectId name tools { nodes { name } } } } }
`.trim();

const DEFER = new GraphQLDirective({
  ...GraphQLDeferDirective.toConfig(),
  description:
    'Delivers the fields of this fragment when they are read, after the others, to clients that receive results in parts: over WebSocket, or by `multipart/mixed`. All other clients receive the whole result at once.',
});

const { directives, ...config } = builder.toSchema({ sortSchema: true }).toConfig();

/** The schema that the gateway serves, sorted by type name. Built once per process. */
export const schema: GraphQLSchema = guardResolvers(
  new GraphQLSchema({ ...config, directives: [...directives, DEFER], description: DESCRIPTION }),
);
