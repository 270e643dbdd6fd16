import { type AgentKey, INKEEP_ID, type SubAgentKey, type ToolKey } from '../../../upstream/inkeep/keys.js';
import type { UpstreamRelation } from '../../../upstream/inkeep/relation.js';
import { type KnownRow, memberOf } from '../../../upstream/known-row.js';
import { builder } from '../../core/builder.js';
import { defineNodeId } from '../../core/ids/node-id.js';
import { storedButUnread } from '../../core/mutations/run-mutation.js';

export const RelationId = defineNodeId(
  'SubAgentToolRelation',
  ['tenantId', 'projectId', 'agentId', 'relationId'],
  INKEEP_ID,
);

/**
 * A relation as resolvers pass it on. The sub-agent and the tool are always known; after a write whose answer could not be read,
 * the relation’s own id may not be.
 */
export class RelationRef implements SubAgentKey, ToolKey {
  readonly __typename = 'SubAgentToolRelation';
  readonly tenantId: string;
  readonly projectId: string;
  readonly agentId: string;
  readonly subAgentId: string;
  readonly toolId: string;
  readonly known: KnownRow<UpstreamRelation>;

  constructor(agent: AgentKey, known: KnownRow<UpstreamRelation>) {
    this.tenantId = agent.tenantId;
    this.projectId = agent.projectId;
    this.agentId = agent.agentId;
    this.subAgentId = memberOf(known, 'subAgentId');
    this.toolId = memberOf(known, 'toolId');
    this.known = known;
  }

  /** Encoded when it is selected. Generated code reads a member faster than it calls a resolver. Throws like `relationId`. */
  get id(): string {
    return RelationId.encode(this);
  }

  /** Throws if it could not be read. */
  get relationId(): string {
    try {
      return memberOf(this.known, 'id');
    } catch (error) {
      throw storedButUnread(error, 'The sub-agent has the tool, but the id of the relation could not be read.');
    }
  }
}

export const SubAgentToolRelation = builder.objectRef<RelationRef>('SubAgentToolRelation');

/** The relation that a row of this agent describes. */
export function relationRef(agent: AgentKey, row: UpstreamRelation): RelationRef {
  return knownRelationRef(agent, { row });
}

/** Like `relationRef`, but the row may have only the values that a mutation sent. */
export function knownRelationRef(agent: AgentKey, known: KnownRow<UpstreamRelation>): RelationRef {
  return new RelationRef(agent, known);
}
