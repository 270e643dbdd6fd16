import { randomUUID } from 'node:crypto';
import {
  UpstreamBadResponse,
  UpstreamNotFound,
  UpstreamRejected,
  UpstreamUnavailable,
} from '../client/errors/upstream-errors.js';
import { toRfc3339 } from '../date-time.js';
import type { KnownRow } from '../known-row.js';
import type { Operation } from '../operation.js';
import { LinkEndMissing, PairExists } from '../operation-errors.js';
import { isSameJson } from '../same-json.js';
import type { RelationKey, SubAgentKey } from './keys.js';
import type { List } from './list.js';
import { ListReader } from './readers/list-reader.js';
import { ToolReader } from './readers/tool-reader.js';
import {
  createRelation,
  deleteRelation,
  getRelation,
  type RelationBody,
  type RelationChange,
  relationList,
  toolUserList,
  type UpstreamRelation,
  updateRelation,
} from './relation.js';
import { getSubAgent } from './sub-agent.js';

/** A sub-agent and a tool of its project. */
export interface PairKey extends SubAgentKey {
  readonly toolId: string;
}

export interface Attached {
  /** Without `id` and dates if the new row is stored and could not be read back. The pair is always known. */
  readonly relation: KnownRow<UpstreamRelation>;
  readonly outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED';
}

/**
 * Attaches a tool to a sub-agent, or changes their relation if there is one. A pair has one row, also if several clients attach it
 * at once. Fields that are left out do not change. Throws LinkEndMissing, or the UpstreamError of a call that failed.
 */
export async function attachTool(operation: Operation, pair: PairKey, body: RelationBody): Promise<Attached> {
  return (await change(operation, pair, body)) ?? (await create(operation, pair, body));
}

/**
 * Changes a relation, and moves it if the target names another sub-agent of the agent or another tool. Null if there is no such
 * relation. Throws LinkEndMissing, or PairExists: the upstream does not check this, and would create a second row of the pair.
 * A relation that moves gets a new id. The upstream derives ids from the pair: if the row kept the id of its old pair, every later
 * attempt to attach that pair would fail with a 500 (observed).
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
  const moves = {
    ...(subAgentId === current.subAgentId ? {} : { subAgentId }),
    ...(toolId === current.toolId ? {} : { toolId }),
  };
  await checkTarget(operation, { tenantId, projectId, agentId, subAgentId, toolId }, moves);
  const id = Object.keys(moves).length > 0 ? { id: randomUUID() } : {};
  return store(operation, key, current, { ...difference(current, body), ...moves, ...id });
}

/**
 * Detaches a tool from a sub-agent: deletes every row of the pair. Returns the first relation that was deleted; undefined if there
 * was none, or if another client deleted them at the same time.
 */
export async function detachTool(operation: Operation, pair: PairKey): Promise<UpstreamRelation | undefined> {
  const deleted: UpstreamRelation[] = [];
  for (const relation of await findPair(operation, pair)) {
    if (await remove(operation, pair, relation)) deleted.push(relation);
  }
  return deleted[0];
}

/** Checks that what a relation moves to exists, and that the pair has no relation. Makes no call if it does not move. */
async function checkTarget(operation: Operation, pair: PairKey, moves: Partial<PairKey>): Promise<void> {
  if (Object.keys(moves).length === 0) return;
  const [others, subAgent, tool] = await Promise.all([
    findPair(operation, pair),
    moves.subAgentId === undefined ? true : getSubAgent(operation, pair).row,
    moves.toolId === undefined ? true : new ToolReader(operation, pair).stored([pair.toolId])[0],
  ]);
  if (subAgent === null) throw new LinkEndMissing('subAgent');
  if (tool === null) throw new LinkEndMissing('tool');
  if (others.length > 0) throw new PairExists();
}

/** Changes the row of a pair as the body says; undefined if the pair has none, or if it was deleted in the meantime. */
async function change(operation: Operation, pair: PairKey, body: RelationBody): Promise<Attached | undefined> {
  const [relation, ...surplus] = await findPair(operation, pair);
  if (!relation) return undefined;
  const patch = difference(relation, body);
  try {
    const stored = await store(operation, { ...pair, relationId: relation.id }, relation, patch);
    const isMerged = await removeAll(operation, pair, surplus);
    return { relation: { row: stored }, outcome: isMerged || Object.keys(patch).length > 0 ? 'UPDATED' : 'UNCHANGED' };
  } catch (error) {
    if (error instanceof UpstreamNotFound) return undefined;
    throw error;
  }
}

async function create(operation: Operation, pair: PairKey, body: RelationBody): Promise<Attached> {
  const { subAgentId, toolId } = pair;
  try {
    const created = await createRelation(operation, pair, { id: randomUUID(), subAgentId, toolId, ...body });
    const isOurs = created?.subAgentId === subAgentId && created.toolId === toolId;
    return { relation: isOurs ? { row: created } : await findCreated(operation, pair, body), outcome: 'CREATED' };
  } catch (error) {
    // A duplicate is a 422, or a 500 in an agent of more than 100 relations. Both can have other causes too.
    if (isServerError(error)) return (await change(operation, pair, body).catch(() => undefined)) ?? fail(error);
    if (!(error instanceof UpstreamRejected)) throw error;
    const raced = await change(operation, pair, body);
    if (raced) return raced;
    throw error.fields.length === 0 ? await missingEnd(operation, pair, error) : error;
  }
}

/** The created row of a pair, from one of the two lists that have it; the values that were sent if neither can be read. Never rejects. */
async function findCreated(
  operation: Operation,
  pair: PairKey,
  body: RelationBody,
): Promise<KnownRow<UpstreamRelation>> {
  const fields = { selectedTools: null, headers: null, toolPolicies: null, ...body } as RelationBody;
  const sent = { ...fields, subAgentId: pair.subAgentId, toolId: pair.toolId } as Partial<UpstreamRelation>;
  try {
    const [row] = await findPair(operation, pair).catch(() =>
      findPair(operation, pair, toolUserList(pair, pair.toolId)),
    );
    return row ? { row } : { sent, unread: missingRow(operation) };
  } catch (error) {
    return { sent, unread: error };
  }
}

function missingRow({ failures }: Operation): UpstreamBadResponse {
  const call = { operation: 'list-subagent-tool-relations', method: 'GET', path: [] };
  const error = new UpstreamBadResponse('lacks a row that was just stored', { ...call, service: 'inkeep', path: '' });
  failures.unusable('inkeep', call, error);
  return error;
}

/**
 * Rows of a pair, oldest first. There should be at most one, but an update by another client may have made more. The first one is
 * kept: clients that read them at the same time agree on it.
 */
async function findPair(
  operation: Operation,
  pair: PairKey,
  list: List<UpstreamRelation> = relationList(pair, { subAgentId: pair.subAgentId }),
): Promise<readonly UpstreamRelation[]> {
  const rows = await new ListReader(operation, list).all();
  return rows
    .filter((row) => row.subAgentId === pair.subAgentId && row.toolId === pair.toolId)
    .sort((a, b) => compare(toRfc3339(a.createdAt) ?? '', toRfc3339(b.createdAt) ?? '') || compare(a.id, b.id));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** Stores the patch and returns the new row. If the answer is not that row, returns the old row with the values that were sent. */
async function store(
  operation: Operation,
  key: RelationKey,
  before: UpstreamRelation,
  patch: RelationChange,
): Promise<UpstreamRelation> {
  if (Object.keys(patch).length === 0) return before;
  const stored = await updateRelation(operation, key, patch);
  return stored?.id === (patch.id ?? key.relationId) ? stored : { ...before, ...(patch as Partial<UpstreamRelation>) };
}

/** Deletes further rows of a pair whose first row is stored. Returns whether any was deleted. */
async function removeAll(operation: Operation, pair: PairKey, surplus: readonly UpstreamRelation[]): Promise<boolean> {
  // The attach has succeeded, so it does not fail. The next one deletes the rows that are left.
  const removed = surplus.map((relation) => remove(operation, pair, relation).catch(() => false));
  return (await Promise.all(removed)).some(Boolean);
}

/** Deletes a relation. Returns whether it existed. */
async function remove(operation: Operation, pair: PairKey, { id }: UpstreamRelation): Promise<boolean> {
  try {
    await deleteRelation(operation, { ...pair, relationId: id });
    return true;
  } catch (error) {
    if (error instanceof UpstreamNotFound) return false;
    throw error;
  }
}

/** The fields of the body whose values differ from the row. */
function difference(relation: UpstreamRelation, body: RelationBody): RelationBody {
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => !isSameJson(relation[name as keyof RelationBody] ?? null, value)),
  );
}

function isServerError(error: unknown): boolean {
  return error instanceof UpstreamUnavailable && error.call.status === 500;
}

function fail(error: unknown): never {
  throw error;
}

/** The error for a rejected pair: the upstream does not say which end is missing. */
async function missingEnd(operation: Operation, pair: PairKey, refusal: UpstreamRejected): Promise<Error> {
  if ((await getSubAgent(operation, pair).row) === null) return new LinkEndMissing('subAgent');
  const tool = await new ToolReader(operation, pair).stored([pair.toolId])[0];
  return tool === null ? new LinkEndMissing('tool') : refusal;
}
