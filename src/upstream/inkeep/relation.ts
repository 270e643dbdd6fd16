import { type Static, Type } from '@sinclair/typebox';
import type { UpstreamAnswer, UpstreamCall } from '../client/call.js';
import type { Operation } from '../operation.js';
import { flag, jsonObject, objectOf, optional, shapeOf, text } from '../shapes.js';
import { getItem, type Item } from './item.js';
import { type AgentKey, agentPath, type RelationKey } from './keys.js';
import type { List } from './list.js';
import { subAgentRow } from './sub-agent.js';

const row = Type.Object({
  id: Type.String(),
  subAgentId: Type.String(),
  toolId: Type.String(),
  selectedTools: optional(Type.Array(Type.String())),
  headers: optional(jsonObject),
  toolPolicies: optional(objectOf(Type.Object({ needsApproval: flag }))),
  createdAt: text,
  updatedAt: text,
});

const rowWithSubAgent = Type.Composite([row, Type.Object({ subAgent: optional(subAgentRow) })]);

const rowShape = shapeOf(row);
const rowsShape = shapeOf(Type.Array(row));
const rowsWithSubAgentShape = shapeOf(Type.Array(rowWithSubAgent));
const storedShape = shapeOf(Type.Object({ data: row }));

/** A relation as received: one tool of one sub-agent. */
export type UpstreamRelation = Static<typeof row>;

/** A relation with its sub-agent, as get-subagents-for-tool returns it. */
export type UpstreamToolUser = Static<typeof rowWithSubAgent>;

/** The fields of a relation besides the pair. Null clears a field. `selectedTools`: null means all, `[]` none. */
export interface RelationBody {
  readonly selectedTools?: readonly string[] | null;
  readonly headers?: Readonly<Record<string, unknown>> | null;
  readonly toolPolicies?: Readonly<Record<string, { readonly needsApproval: boolean }>> | null;
}

/** What can be changed: also the pair, and the id of the relation. */
export interface RelationChange extends RelationBody {
  readonly id?: string;
  readonly subAgentId?: string;
  readonly toolId?: string;
}

/** Relations of an agent or of one of its sub-agents or tools, newest first. The upstream ignores `toolId` if there is a `subAgentId`. */
export function relationList(
  agent: AgentKey,
  filter: { subAgentId?: string | undefined; toolId?: string | undefined } = {},
): List<UpstreamRelation> {
  return {
    call: {
      operation: 'list-subagent-tool-relations',
      path: relationsPath(agent),
      query: filter.subAgentId === undefined ? { toolId: filter.toolId } : { subAgentId: filter.subAgentId },
      lane: 'plain',
    },
    rows: rowsShape,
    idOf: (relation) => relation.id,
  };
}

/** Relations of one tool in an agent, newest first, each with its sub-agent. An unknown tool or agent has an empty list. */
export function toolUserList(agent: AgentKey, toolId: string): List<UpstreamToolUser> {
  return {
    call: {
      operation: 'get-subagents-for-tool',
      path: [...relationsPath(agent), 'tool', toolId, 'sub-agents'],
      lane: 'plain',
    },
    rows: rowsWithSubAgentShape,
    idOf: (relation) => relation.id,
  };
}

/** One relation; null if it does not exist. */
export function getRelation(operation: Operation, key: RelationKey): Item<UpstreamRelation> {
  const path = [...relationsPath(key), key.relationId];
  return getItem(operation, 'get-subagent-tool-relation', path, rowShape, (relation) => relation.id === key.relationId);
}

/**
 * Creates a relation and returns the stored row; undefined if the answer could not be read. The upstream requires an id and ignores
 * it. A pair that exists is UpstreamRejected (422), or UpstreamUnavailable (500) in an agent of more than 100 relations; an unknown
 * tool or sub-agent is UpstreamRejected (400).
 */
export async function createRelation(
  operation: Operation,
  agent: AgentKey,
  body: RelationBody & { readonly id: string; readonly subAgentId: string; readonly toolId: string },
): Promise<UpstreamRelation | undefined> {
  const call: UpstreamCall = {
    operation: 'create-subagent-tool-relation',
    method: 'POST',
    path: relationsPath(agent),
    body,
    lane: 'plain',
    answer: 'any',
  };
  return storedRelation(await operation.write('inkeep', call));
}

/** Changes the given fields of a relation. The upstream does not check for a second row of the pair; an unknown target is a 500. */
export async function updateRelation(
  operation: Operation,
  key: RelationKey,
  body: RelationChange,
): Promise<UpstreamRelation | undefined> {
  const call: UpstreamCall = {
    operation: 'update-subagent-tool-relation',
    method: 'PUT',
    isUpdate: true,
    path: [...relationsPath(key), key.relationId],
    body,
    lane: 'plain',
    answer: 'any',
  };
  return storedRelation(await operation.write('inkeep', call));
}

/** Deletes a relation. UpstreamNotFound if it does not exist. */
export async function deleteRelation(operation: Operation, key: RelationKey): Promise<void> {
  const path = [...relationsPath(key), key.relationId];
  const call: UpstreamCall = {
    operation: 'delete-subagent-tool-relation',
    method: 'DELETE',
    path,
    lane: 'plain',
    answer: 'any',
  };
  await operation.write('inkeep', call);
}

function storedRelation(answer: UpstreamAnswer): UpstreamRelation | undefined {
  return storedShape.Check(answer.body) ? answer.body.data : undefined;
}

function relationsPath(agent: AgentKey): string[] {
  return [...agentPath(agent), 'sub-agent-tool-relations'];
}
