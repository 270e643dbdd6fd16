import { z } from 'zod';
import type { Operation } from '../operation.js';
import { json, text, timestamp } from '../shapes.js';
import { getItem, type Item } from './item.js';
import { type AgentKey, agentPath, type ProjectKey, projectPath } from './keys.js';
import type { List } from './list.js';

const row = z.looseObject({
  id: z.string(),
  name: text,
  description: text,
  prompt: text,
  executionMode: text,
  models: json,
  stopWhen: json,
  statusUpdates: json,
  contextConfigId: text,
  defaultSubAgentId: text,
  createdAt: timestamp,
  updatedAt: timestamp,
});

const rows = z.array(row);

/** An agent as received. */
export type UpstreamAgent = z.infer<typeof row>;

/** Agents of a project, newest first. */
export function agentList(project: ProjectKey): List<UpstreamAgent> {
  return {
    call: { operation: 'list-agents', path: [...projectPath(project), 'agents'], lane: 'plain' },
    rows,
    idOf: (agent) => agent.id,
  };
}

/** One agent; null where there is none. */
export function getAgent(operation: Operation, key: AgentKey): Item<UpstreamAgent> {
  return getItem(operation, 'get-agent', agentPath(key), row, (agent) => agent.id === key.agentId);
}
