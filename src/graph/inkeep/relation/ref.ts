import { type AgentKey, INKEEP_ID, type SubAgentKey, type ToolKey } from '../../../upstream/inkeep/keys.js';
import type { UpstreamRelation } from '../../../upstream/inkeep/relation.js';
import { type KnownRow, memberOf } from '../../../upstream/known-row.js';
import { builder } from '../../core/builder.js';
import { defineNodeId } from '../../core/ids/node-id.js';

export const RelationId = defineNodeId(
  'SubAgentToolRelation',
  ['tenantId', 'projectId', 'agentId', 'relationId'],
  INKEEP_ID,
);

/**
 * A relation as resolvers pass it on. The sub-agent and the tool are always known; after a write whose answer could not be read,
 * the relation’s own id may not be.
 */
export interface RelationRef extends SubAgentKey, ToolKey {
  readonly __typename: 'SubAgentToolRelation';
  readonly known: KnownRow<UpstreamRelation>;
}

export const SubAgentToolRelation = builder.objectRef<RelationRef>('SubAgentToolRelation');

/** The relation that a row of this agent describes. */
export function relationRef(agent: AgentKey, row: UpstreamRelation): RelationRef {
  return knownRelationRef(agent, { row });
}

/** Like `relationRef`, but the row may have only the values that a mutation sent. */
export function knownRelationRef(agent: AgentKey, known: KnownRow<UpstreamRelation>): RelationRef {
  const { tenantId, projectId, agentId } = agent;
  const pair = { subAgentId: memberOf(known, 'subAgentId'), toolId: memberOf(known, 'toolId') };
  return { __typename: 'SubAgentToolRelation', tenantId, projectId, agentId, ...pair, known };
}
