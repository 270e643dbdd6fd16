import type { GraphQLSchema } from 'graphql';
import './scalars.js';
import './user-error-types.js';
import './project.js';
import './agent.js';
import './sub-agent.js';
import './tool.js';
import './tool-connection.js';
import './sub-agent-tool-relation.js';
import './user-credential.js';
import './voice-agent.js';
import './voice-tool.js';
import './voice-agent-tool.js';
import './query.js';
import './node.js';
import './tool-mutations.js';
import './relation-mutations.js';
import './voice-mutations.js';
import './tool-status.js';
import { builder } from './builder.js';
import { guardResolvers } from './guard.js';

/** The schema as it is served; types are sorted by name. Built once per process. */
export const schema: GraphQLSchema = guardResolvers(builder.toSchema({ sortSchema: true }));
