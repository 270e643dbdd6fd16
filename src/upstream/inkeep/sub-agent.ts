import { type Static, Type } from '@sinclair/typebox';
import type { Operation } from '../operation.js';
import { json, shapeOf, text } from '../shapes.js';
import { getItem, type Item } from './item.js';
import { type AgentKey, agentPath, type SubAgentKey } from './keys.js';
import type { List } from './list.js';
import type { Resource } from './readers/item-reader.js';

/** Also embedded in the rows of get-subagents-for-tool, without `outputContract` (observed). */
export const subAgentRow = Type.Object({
  id: Type.String(),
  name: text,
  description: text,
  prompt: text,
  models: json,
  stopWhen: json,
  conversationHistoryConfig: json,
  outputContract: json,
  createdAt: text,
  updatedAt: text,
});

const rowShape = shapeOf(subAgentRow);
const rowsShape = shapeOf(Type.Array(subAgentRow));

/** A sub-agent as received. */
export type UpstreamSubAgent = Static<typeof subAgentRow>;

/** Sub-agents of an agent, newest first. An agent that does not exist has an empty list. */
function subAgentList(agent: AgentKey): List<UpstreamSubAgent> {
  return {
    call: { operation: 'list-subagents', path: [...agentPath(agent), 'sub-agents'], lane: 'plain' },
    rows: rowsShape,
    idOf: (subAgent) => subAgent.id,
  };
}

/** One sub-agent; null if it does not exist. */
export function getSubAgent(operation: Operation, key: SubAgentKey): Item<UpstreamSubAgent> {
  const path = [...agentPath(key), 'sub-agents', key.subAgentId];
  return getItem(operation, 'get-subagent-by-id', path, rowShape, (subAgent) => subAgent.id === key.subAgentId);
}

/** Sub-agents of an agent, for `InkeepReader.items`. */
export const subAgentResource: Resource<'tenantId' | 'projectId' | 'agentId', UpstreamSubAgent> = {
  parent: ['tenantId', 'projectId', 'agentId'],
  list: subAgentList,
  get: (operation, parent, subAgentId) => getSubAgent(operation, { ...parent, subAgentId }),
};
