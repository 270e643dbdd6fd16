import { type Static, Type } from '@sinclair/typebox';
import type { UpstreamCall } from '../client/call.js';
import type { Operation } from '../operation.js';
import { flag, json, jsonObject, objectOf, optional, shapeOf, text } from '../shapes.js';
import { getItem, type Item } from './item.js';
import { type ProjectKey, projectPath, type ToolKey } from './keys.js';
import type { List } from './list.js';

const override = Type.Object({
  displayName: text,
  description: text,
  schema: json,
  transformation: json,
});

const transport = Type.Object({
  type: text,
  sessionId: text,
  requestInit: optional(jsonObject),
  eventSourceInit: optional(jsonObject),
  reconnectionOptions: optional(jsonObject),
});

const mcp = Type.Object({
  server: Type.Object({ url: Type.String() }),
  transport: optional(transport),
  activeTools: optional(Type.Array(Type.String())),
  prompt: text,
  toolOverrides: optional(objectOf(override)),
});

const availableTool = Type.Object({ name: Type.String(), description: text, inputSchema: optional(jsonObject) });

const row = Type.Object({
  id: Type.String(),
  name: text,
  description: text,
  imageUrl: text,
  config: optional(Type.Object({ mcp: optional(mcp) })),
  headers: optional(jsonObject),
  credentialReferenceId: text,
  credentialScope: text,
  capabilities: json,
  isWorkApp: flag,
  createdAt: text,
  updatedAt: text,
  status: text,
  lastError: text,
  availableTools: optional(Type.Array(availableTool)),
  version: text,
  expiresAt: text,
  createdBy: text,
});

const rowShape = shapeOf(row);
const rowsShape = shapeOf(Type.Array(row));
const storedShape = shapeOf(Type.Object({ data: row }));

/** A tool as received. Without discovery `status` is "unknown" and says nothing, nor do the other live fields. */
export type UpstreamTool = Static<typeof row>;

/** Fields of create-tool and update-tool. A field that is left out does not change; null clears it. */
export interface ToolBody {
  readonly id?: string;
  readonly name?: string;
  readonly description?: string | null;
  readonly imageUrl?: string;
  readonly config?: unknown;
  readonly headers?: Record<string, unknown> | null;
  readonly credentialReferenceId?: string | null;
  readonly credentialScope?: string;
  readonly capabilities?: unknown;
  /** Only for create-tool. */
  readonly isWorkApp?: boolean;
}

/** Tools of a project, newest first. `discover`: the upstream probes every tool of a page before it answers. */
export function toolList(project: ProjectKey, { discover }: { discover: boolean }): List<UpstreamTool> {
  return {
    call: {
      operation: 'list-tools',
      path: [...projectPath(project), 'tools'],
      lane: discover ? 'probe' : 'plain',
      ...(discover ? {} : { query: { skipDiscovery: true } }),
    },
    rows: rowsShape,
    idOf: (tool) => tool.id,
  };
}

/** One tool with its live fields; null if it does not exist. The upstream probes it, which may take 10 s and changes `updatedAt`. */
export function getTool(operation: Operation, key: ToolKey): Item<UpstreamTool> {
  return getItem(operation, 'get-tool', toolPath(key), rowShape, (tool) => tool.id === key.toolId, 'probe');
}

/** Creates and probes a tool. Returns the stored row, or null if the answer could not be read: the tool is stored nevertheless. */
export function createTool(operation: Operation, project: ProjectKey, body: ToolBody & { id: string }) {
  const path = [...projectPath(project), 'tools'];
  return storeTool(
    operation,
    { operation: 'create-tool', method: 'POST', path, body, lane: 'probe', answer: 'any' },
    body.id,
  );
}

/** Changes the given fields of a tool and probes it. Returns the same as `createTool`. */
export function updateTool(operation: Operation, key: ToolKey, body: ToolBody) {
  const call: UpstreamCall = {
    operation: 'update-tool',
    method: 'PUT',
    isUpdate: true,
    path: toolPath(key),
    body,
    lane: 'probe',
    answer: 'any',
  };
  return storeTool(operation, call, key.toolId);
}

async function storeTool(operation: Operation, call: UpstreamCall, id: string): Promise<UpstreamTool | null> {
  const answer = await operation.write('inkeep', call);
  return storedShape.Check(answer.body) && answer.body.data.id === id ? answer.body.data : null;
}

/** Deletes a tool and its relations. */
export async function deleteTool(operation: Operation, key: ToolKey): Promise<void> {
  const path = toolPath(key);
  await operation.write('inkeep', { operation: 'delete-tool', method: 'DELETE', path, lane: 'plain', answer: 'any' });
}

/** The path of a tool. */
export function toolPath(key: ToolKey): string[] {
  return [...projectPath(key), 'tools', key.toolId];
}
