import { type Static, Type } from '@sinclair/typebox';
import { UPSTREAM_LIMITS } from '../../limits.js';
import type { UpstreamCall } from '../client/call.js';
import { UpstreamNotFound } from '../client/errors/upstream-errors.js';
import type { Operation } from '../operation.js';
import type { PagedList, PendingPage } from '../paging/slice.js';
import { badResponse, flag, jsonObject, optional, readShape, rowCount, shapeOf, text } from '../shapes.js';

/** Most tools that the upstream returns at once. */
export const MAX_PAGE_SIZE = UPSTREAM_LIMITS.reads.maxPageSize;

const row = Type.Object({
  id: Type.String(),
  name: Type.String(),
  display_name: text,
  description: text,
  category: text,
  schema: optional(jsonObject),
  implementation_type: text,
  implementation_config: optional(jsonObject),
  implementation_code: text,
  tags: optional(Type.Array(Type.String())),
  is_default: flag,
  modified_from_default: flag,
  default_version: text,
  created_at: text,
  updated_at: text,
});

const rowShape = shapeOf(row);
const pageShape = shapeOf(Type.Object({ tools: Type.Array(row), total: rowCount }));

/** A Kataven tool as received. */
export type UpstreamVoiceTool = Static<typeof row>;

export interface VoiceToolFilter {
  readonly category?: string | undefined;
  readonly type?: string | undefined;
  readonly search?: string | undefined;
}

/** Fields of create-tool and update-tool; update-tool does not accept name, category and implementation type. */
export interface VoiceToolBody {
  readonly name?: string;
  readonly category?: string | null;
  readonly description?: string | null;
  readonly schema?: unknown;
  readonly implementation_type?: string | null;
  readonly implementation_config?: unknown;
  readonly implementation_code?: string | null;
  readonly tags?: readonly string[] | null;
}

/** At most 100 tools, starting at row `offset`, and the length of the list. */
export function listTools(
  operation: Operation,
  filter: VoiceToolFilter,
  { offset, limit }: { offset: number; limit: number },
): PendingPage<UpstreamVoiceTool> {
  const call: UpstreamCall = {
    operation: 'list-tools',
    method: 'GET',
    path: ['tools'],
    query: { ...filter, limit, offset },
    lane: 'plain',
  };
  const { answer, record } = operation.read('kataven', call);
  const read = answer.then((received) => readShape('kataven', pageShape, call, received));
  return { record, page: read.then(({ tools, total }) => ({ rows: tools, total })) };
}

/** The list for `readSlice`. */
export function pagedTools(operation: Operation, filter: VoiceToolFilter): PagedList<UpstreamVoiceTool> {
  return {
    maxLimit: MAX_PAGE_SIZE,
    idOf: (tool) => tool.id,
    readPage: (number, limit) => listTools(operation, filter, { offset: (number - 1) * limit, limit }),
  };
}

/** One tool by its id or its name; null if the account has none. */
export async function getTool(operation: Operation, idOrName: string): Promise<UpstreamVoiceTool | null> {
  const call: UpstreamCall = { operation: 'get-tool', method: 'GET', path: ['tools', idOrName], lane: 'plain' };
  const { answer, record } = operation.read('kataven', call);
  record.countKey();
  try {
    const received = await answer;
    const tool = readShape('kataven', rowShape, call, received);
    if (tool.id !== idOrName && tool.name !== idOrName) {
      throw badResponse('kataven', call, received, 'answered with another tool');
    }
    return tool;
  } catch (error) {
    if (error instanceof UpstreamNotFound) return null;
    throw error;
  }
}

/** Creates a custom tool. The keys of the answer are not documented: read the tool by its name afterwards. */
export async function createTool(operation: Operation, body: VoiceToolBody & { readonly name: string }): Promise<void> {
  await operation.write('kataven', {
    operation: 'create-tool',
    method: 'POST',
    path: ['tools'],
    body,
    lane: 'plain',
    answer: 'any',
  });
}

/** Changes the given fields of a tool: PUT is a partial update here. A built-in tool is marked as modified. */
export async function updateTool(operation: Operation, id: string, body: VoiceToolBody): Promise<void> {
  const path = ['tools', id];
  await operation.write('kataven', {
    operation: 'update-tool',
    method: 'PUT',
    path,
    body,
    lane: 'plain',
    answer: 'any',
  });
}

/** Deletes a custom tool. UpstreamForbidden for a built-in one. */
export async function deleteTool(operation: Operation, id: string): Promise<void> {
  const path = ['tools', id];
  await operation.write('kataven', { operation: 'delete-tool', method: 'DELETE', path, lane: 'plain', answer: 'any' });
}
