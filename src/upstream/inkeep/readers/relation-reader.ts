import type { Operation } from '../../operation.js';
import { readSlice, type SliceRows } from '../../paging/slice.js';
import type { Slice } from '../../paging/window.js';
import type { AgentKey } from '../keys.js';
import { paged } from '../list.js';
import { relationList, toolUserList, type UpstreamRelation, type UpstreamToolUser } from '../relation.js';
import { ListReader } from './list-reader.js';

interface RelationFilter {
  readonly subAgentId?: string | undefined;
  readonly toolId?: string | undefined;
}

/** Plans how the relations of one agent are read in one operation. */
export class RelationReader {
  readonly #operation: Operation;
  readonly #agent: AgentKey;
  readonly #all: ListReader<UpstreamRelation>;
  readonly #listeners: ((rows: readonly UpstreamRelation[], total: number) => void)[] = [];
  readonly #onToolUsers: (rows: readonly UpstreamToolUser[]) => void;

  /** `onToolUsers` gets rows that include their sub-agent. */
  constructor(operation: Operation, agent: AgentKey, onToolUsers: (rows: readonly UpstreamToolUser[]) => void) {
    this.#operation = operation;
    this.#agent = agent;
    this.#onToolUsers = onToolUsers;
    this.#all = new ListReader(operation, relationList(agent), (rows, total) => {
      for (const listener of this.#listeners) listener(rows, total);
    });
  }

  /**
   * Prefetches all relations. `onRows` gets the rows of each page as it arrives, and the number of all relations.
   */
  startAll(onRows?: (rows: readonly UpstreamRelation[], total: number) => void): void {
    if (onRows) this.#listeners.push(onRows);
    this.#all.readAhead().catch(() => {});
  }

  /** Every relation of the agent, newest first. */
  all(): Promise<readonly UpstreamRelation[]> {
    return this.#all.all();
  }

  /** A window of the agent's relations, or of those of one sub-agent or tool. */
  window(slice: Slice, filter: RelationFilter, { isPrefetch = false } = {}): Promise<SliceRows<UpstreamRelation>> {
    return readSlice(paged(this.#operation, relationList(this.#agent, filter)), slice, { isPrefetch });
  }

  /** Relations of each of these sub-agents, newest first. */
  bySubAgents(ids: readonly string[]): ReadonlyMap<string, Promise<readonly UpstreamRelation[]>> {
    const one = (id: string) => new ListReader(this.#operation, relationList(this.#agent, { subAgentId: id })).all();
    return this.#byIds('sub-agent', ids, (row) => row.subAgentId, one);
  }

  /** Relations of each of these tools in this agent, newest first. */
  byTools(ids: readonly string[]): ReadonlyMap<string, Promise<readonly UpstreamRelation[]>> {
    const one = (id: string) => new ListReader(this.#operation, toolUserList(this.#agent, id), this.#onToolUsers).all();
    return this.#byIds('tool', ids, (row) => row.toolId, one);
  }

  /** All relations of the agent, grouped, if several are wanted and no more pages are left than these; otherwise each by itself. */
  #byIds(
    kind: string,
    ids: readonly string[],
    idOf: (row: UpstreamRelation) => string,
    one: (id: string) => Promise<readonly UpstreamRelation[]>,
  ): ReadonlyMap<string, Promise<readonly UpstreamRelation[]>> {
    if (ids.length < this.#operation.readLimits.minRowsForList && !this.#all.started) return eachOf(ids, one);
    const keys = ids.map((id) => `${kind} ${id}`);
    const groups = this.#all.allWithin(ids.length, keys).then((rows) => rows && groupBy(rows, idOf));
    return eachOf(ids, async (id) => {
      const grouped = await groups;
      return grouped ? (grouped.get(id) ?? []) : one(id);
    });
  }
}

function eachOf<Value>(
  ids: readonly string[],
  read: (id: string) => Promise<Value>,
): ReadonlyMap<string, Promise<Value>> {
  return new Map(ids.map((id) => [id, read(id)]));
}

function groupBy<Row>(rows: readonly Row[], idOf: (row: Row) => string): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(idOf(row));
    if (group) group.push(row);
    else groups.set(idOf(row), [row]);
  }
  return groups;
}
