import { type AgentKey, INKEEP_ID, type RelationKey } from '../../../upstream/inkeep/keys.js';
import type { UpstreamRelation } from '../../../upstream/inkeep/relation.js';
import { builder } from '../../core/builder.js';
import { defineNodeId } from '../../core/node-id.js';

export const RelationId = defineNodeId(
  'SubAgentToolRelation',
  ['tenantId', 'projectId', 'agentId', 'relationId'],
  INKEEP_ID,
);

/** A relation as resolvers pass it on: its key and its row. */
export interface RelationRef extends RelationKey {
  readonly __typename: 'SubAgentToolRelation';
  readonly row: UpstreamRelation;
}

export const SubAgentToolRelation = builder.objectRef<RelationRef>('SubAgentToolRelation');

export function relationRef({ tenantId, projectId, agentId }: AgentKey, row: UpstreamRelation): RelationRef {
  return { __typename: 'SubAgentToolRelation', tenantId, projectId, agentId, relationId: row.id, row };
}
