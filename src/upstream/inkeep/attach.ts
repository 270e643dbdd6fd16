import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { LinkEndMissing, PairExists } from '../errors.js';
import { UpstreamRejected, UpstreamUnavailable } from '../http/errors.js';
import type { Operation } from '../operation.js';
import type { RelationKey, SubAgentKey } from './keys.js';
import { ListReader } from './list-reader.js';
import {
  createRelation,
  deleteRelation,
  getRelation,
  type RelationBody,
  relationList,
  type UpstreamRelation,
  updateRelation,
} from './relation.js';
import { getSubAgent } from './sub-agent.js';
import { ToolReader } from './tool-reader.js';

/** A sub-agent and a tool of its project. */
export interface PairKey extends SubAgentKey {
  readonly toolId: string;
}

export interface Attached {
  readonly relation: UpstreamRelation;
  readonly outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED';
}

/**
 * Gives a sub-agent a tool, or changes what it has of it: one row for each pair, however often and by however many at once.
 * Fields left out stay. Throws LinkEndMissing, or the UpstreamError of a call that failed.
 */
export async function attachTool(operation: Operation, pair: PairKey, body: RelationBody): Promise<Attached> {
  const [existing] = await findPair(operation, pair);
  if (existing) return change(operation, pair, existing, body);
  try {
    const created = await createRelation(operation, pair, {
      id: randomUUID(),
      subAgentId: pair.subAgentId,
      toolId: pair.toolId,
      ...body,
    });
    const relation = created ?? (await findPair(operation, pair))[0];
    if (relation) return { relation, outcome: 'CREATED' };
    throw new Error('the new relation is stored, and cannot be found');
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // A duplicate is 422, or 500 in an agent of more than 100 relations: somebody else was faster, or it is not that.
    const [raced] = await findPair(operation, pair);
    if (raced) return change(operation, pair, raced, body);
    if (error instanceof UpstreamRejected && error.fields.length === 0) throw await missingEnd(operation, pair, error);
    throw error;
  }
}

/**
 * Changes a relation, and moves it where another sub-agent of the agent or another tool is given. Null where there is no such
 * relation. Throws LinkEndMissing, or PairExists, which the upstream does not check: it would make a second row of the pair.
 */
export async function changeRelation(
  operation: Operation,
  key: RelationKey,
  target: { readonly subAgentId?: string | undefined; readonly toolId?: string | undefined },
  body: RelationBody,
): Promise<UpstreamRelation | null> {
  const current = await getRelation(operation, key).row;
  if (current === null) return null;
  const { tenantId, projectId, agentId } = key;
  const subAgentId = target.subAgentId ?? current.subAgentId;
  const toolId = target.toolId ?? current.toolId;
  const pair = { tenantId, projectId, agentId, subAgentId, toolId };
  const moves = { subAgentId: subAgentId !== current.subAgentId, toolId: toolId !== current.toolId };
  if (moves.subAgentId || moves.toolId) {
    const [others, subAgent, tool] = await Promise.all([
      findPair(operation, pair),
      moves.subAgentId ? getSubAgent(operation, pair).row : true,
      moves.toolId ? new ToolReader(operation, pair).stored([toolId]).get(toolId) : true,
    ]);
    if (subAgent === null) throw new LinkEndMissing('subAgent');
    if (tool === null) throw new LinkEndMissing('tool');
    if (others.some((other) => other.id !== current.id)) throw new PairExists();
  }
  const patch = {
    ...difference(current, body),
    ...(moves.subAgentId ? { subAgentId } : {}),
    ...(moves.toolId ? { toolId } : {}),
  };
  if (Object.keys(patch).length === 0) return current;
  return (await updateRelation(operation, key, patch)) ?? { ...current, ...(patch as Partial<UpstreamRelation>) };
}

/** Takes a tool from a sub-agent, every row of the pair. The relation that went, undefined where there was none. */
export async function detachTool(operation: Operation, pair: PairKey): Promise<UpstreamRelation | undefined> {
  const relations = await findPair(operation, pair);
  for (const relation of relations) await deleteRelation(operation, { ...pair, relationId: relation.id });
  return relations[0];
}

/** Rows of a pair, newest first. There should be one at the most; updates of others may have made more. */
async function findPair(operation: Operation, pair: PairKey): Promise<readonly UpstreamRelation[]> {
  const rows = await new ListReader(operation, relationList(pair, { subAgentId: pair.subAgentId })).all();
  return rows.filter((row) => row.subAgentId === pair.subAgentId && row.toolId === pair.toolId);
}

async function change(
  operation: Operation,
  pair: PairKey,
  relation: UpstreamRelation,
  body: RelationBody,
): Promise<Attached> {
  const patch = difference(relation, body);
  if (Object.keys(patch).length === 0) return { relation, outcome: 'UNCHANGED' };
  const updated = await updateRelation(operation, { ...pair, relationId: relation.id }, patch);
  return { relation: updated ?? { ...relation, ...(patch as Partial<UpstreamRelation>) }, outcome: 'UPDATED' };
}

/** Fields of the body that are not in the row as they are. */
function difference(relation: UpstreamRelation, body: RelationBody): RelationBody {
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => !isDeepStrictEqual(plain(relation[name] ?? null), plain(value))),
  );
}

/** Without prototypes, which tell nothing about JSON. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

function isRefusal(error: unknown): boolean {
  return error instanceof UpstreamRejected || (error instanceof UpstreamUnavailable && error.call.status === 500);
}

/** The upstream says that one end does not exist, and not which. */
async function missingEnd(operation: Operation, pair: PairKey, refusal: UpstreamRejected): Promise<Error> {
  if ((await getSubAgent(operation, pair).row) === null) return new LinkEndMissing('subAgent');
  const tool = await new ToolReader(operation, pair).stored([pair.toolId]).get(pair.toolId);
  return tool === null ? new LinkEndMissing('tool') : refusal;
}
