import { type Static, Type } from '@sinclair/typebox';
import type { Operation } from '../operation.js';
import { json, shapeOf, text } from '../shapes.js';
import { getItem, type Item } from './item.js';
import { type AgentKey, agentPath, type ProjectKey, projectPath } from './keys.js';
import type { List } from './list.js';
import type { Resource } from './readers/item-reader.js';

const row = Type.Object({
  id: Type.String(),
  name: text,
  description: text,
  prompt: text,
  executionMode: text,
  models: json,
  stopWhen: json,
  statusUpdates: json,
  contextConfigId: text,
  defaultSubAgentId: text,
  createdAt: text,
  updatedAt: text,
});

const rowShape = shapeOf(row);
const rowsShape = shapeOf(Type.Array(row));

/** An agent as received. */
export type UpstreamAgent = Static<typeof row>;

/** Agents of a project, newest first. */
function agentList(project: ProjectKey): List<UpstreamAgent> {
  return {
    call: { operation: 'list-agents', path: [...projectPath(project), 'agents'], lane: 'plain' },
    rows: rowsShape,
    idOf: (agent) => agent.id,
  };
}

/** One agent; null if it does not exist. */
export function getAgent(operation: Operation, key: AgentKey): Item<UpstreamAgent> {
  return getItem(operation, 'get-agent', agentPath(key), rowShape, (agent) => agent.id === key.agentId);
}

/** Agents of a project, for `InkeepReader.items`. */
export const agentResource: Resource<'tenantId' | 'projectId', UpstreamAgent> = {
  parent: ['tenantId', 'projectId'],
  list: agentList,
  get: (operation, parent, agentId) => getAgent(operation, { ...parent, agentId }),
};
