import { UPSTREAM_LIMITS } from '../../../limits.js';
import type { CostNode, Size, Variables } from './cost-tree.js';

const { maxPageSize, maxSingleProbes, maxToolsForToolStatus } = UPSTREAM_LIMITS.reads;

/**
 * The rows of a list that is searched, such as all tools of a project. A document does not tell how long it is: that of a longer
 * one costs one call more for each 100 rows.
 */
const LIST_ROWS = 500;
const LIST_PAGES = LIST_ROWS / maxPageSize;
/** The agents of a project, for fields that search all of them. */
const PROJECT_AGENTS = 100;
/** Rows that are left to single probes when pages are probed: with more, all pages are. */
const MAX_LEFT_TO_PROBE = LIST_ROWS / UPSTREAM_LIMITS.reads.maxProbesPerWantedTool;

/** The projects or agents that a field is about: `key` tells different ones apart, `count` is how many there are at most. */
interface Scope {
  readonly key: string;
  readonly count: number;
}

interface Place {
  /** The objects that have the field. */
  readonly parents: number;
  readonly project: Scope;
  readonly agent: Scope;
  /** Whether the rows of the objects come with the list that they are in. */
  readonly hasRows: boolean;
}

/** Rows of one list that are read by their ids. `lookups` may not exist. */
interface Wanted {
  readonly scopes: number;
  rows: number;
  lookups: number;
  expected: number;
}

const ONE: Scope = { key: '', count: 1 };

/** Adds up the calls and probes of an operation. Lists and rows that several fields read are counted once. */
export class CallEstimate {
  readonly #variables: Variables;
  readonly #lists = new Map<string, { expected: number; atMost: number; probes: number }>();
  readonly #rows = new Map<string, Wanted>();
  readonly #probed = new Map<string, Wanted>();

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  of(roots: readonly CostNode[]): { calls: { expected: number; atMost: number }; probes: number } {
    for (const [index, root] of roots.entries()) {
      const own = { key: `#${index}`, count: this.#count(root.size) };
      this.#visit(root, { parents: 1, project: own, agent: own, hasRows: false });
    }
    const sum = { calls: { expected: 0, atMost: 0 }, probes: 0 };
    const add = (expected: number, atMost: number, probes: number): void => {
      sum.calls.expected += expected;
      sum.calls.atMost += atMost;
      sum.probes += probes;
    };
    for (const { expected, atMost, probes } of this.#lists.values()) add(expected, atMost, probes);
    for (const [key, wanted] of this.#rows) {
      // Rows that a page has brought are not read again.
      add(
        this.#lists.has(`page ${key}`) ? 0 : wanted.expected,
        callsForRows(key, wanted),
        key.startsWith('Tool ') ? wanted.lookups : 0,
      );
    }
    for (const wanted of this.#probed.values()) add(wanted.expected, callsForProbes(wanted), probesFor(wanted));
    return sum;
  }

  #count(size: Size): number {
    return typeof size === 'number' ? size : size(this.#variables);
  }

  #visit(node: CostNode, around: Place): void {
    const place = this.#placeOf(node, around);
    const objects = around.parents * this.#count(node.size);
    this.#addReads(node, place);
    if (!around.hasRows) for (const [type, needs] of node.needs) this.#addRows(node, type, needs, place, objects);
    const hasRows = node.reads === 'page' || (around.hasRows && node.name === 'edges');
    for (const below of node.below) this.#visit(below, { ...place, parents: objects, hasRows });
  }

  /** The projects and agents that a field and what is below it are about. */
  #placeOf({ args, page, typeName, reads }: CostNode, around: Place): Place {
    const rows = around.parents * this.#count(page ?? 1);
    const [tenantId = '', projectId, agentId] = [args.get('tenantId'), args.get('projectId'), args.get('agentId')];
    let { project, agent } = around;
    if (projectId !== undefined) project = { key: `${tenantId}/${projectId}`, count: 1 };
    if (typeName === 'ProjectConnection') project = { key: `projects ${textOf(args)}`, count: rows };
    if (typeName === 'AgentConnection') agent = { key: `${project.key} agents ${textOf(args)}`, count: rows };
    else if (agentId !== undefined) agent = { key: `${project.key}/${agentId}`, count: project.count };
    else if (reads === 'toolUsers') agent = { key: `${project.key} agents`, count: project.count * PROJECT_AGENTS };
    return { ...around, project, agent };
  }

  #addReads(node: CostNode, place: Place): void {
    const { reads, name, args, parentType } = node;
    const { parents, project, agent } = place;
    if (reads === 'page') this.#addPage(node, place);
    if (reads === 'each') {
      this.#addList(`${name} ${textOf(args)}`, { expected: 1, atMost: 0 });
      this.#addSingles(parents);
    }
    if (reads === 'relations') {
      // Pages of all relations. If they are not worth reading, those of each sub-agent.
      this.#addList(`relations ${agent.key}`, { expected: 1, atMost: LIST_PAGES * agent.count });
      if (parentType === 'SubAgent') this.#addSingles(parents);
      if (needsOfRows(node).has('live')) {
        const probes = maxToolsForToolStatus * agent.count;
        this.#addList(`tool-status ${agent.key}`, { expected: 0, atMost: agent.count, probes });
      }
    }
    if (reads === 'toolUsers') {
      if (!args.has('agentId')) this.#addList(`agents ${project.key}`, { expected: 1, atMost: project.count });
      this.#addList(`users ${agent.key}`, { expected: 1, atMost: parents === 1 ? 0 : LIST_PAGES * agent.count });
      this.#addSingles(parents * (args.has('agentId') ? 1 : PROJECT_AGENTS));
    }
    if (typeof reads === 'object') {
      this.#addList(`${name} ${project.key}`, { expected: 1, atMost: reads.calls, probes: reads.probes });
    }
  }

  #addPage(node: CostNode, place: Place): void {
    const { name, args, page = 1, parentType } = node;
    const scope = parentScope(parentType, place);
    const key = `${scope.key} ${name} ${textOf(args)}`;
    const [type] = /^\w+(?=Connection$)/.exec(node.typeName) ?? [];
    this.#addList(`page ${type} ${scope.key}`, { expected: 0, atMost: 0 });
    // The upstream does not page them.
    if (name === 'voiceAgents') {
      this.#addList(key, { expected: 1, atMost: 1 });
      return;
    }
    const count = Math.min(place.parents, scope.count);
    if (args.has('status')) {
      this.#addList(key, { expected: 1, atMost: count * (LIST_PAGES + 1), probes: count * LIST_ROWS });
      return;
    }
    const size = this.#count(page);
    const isAligned = !['after', 'before', 'last'].some((argument) => args.has(argument));
    const pages = Math.max(1, Math.ceil(size / maxPageSize)) + (isAligned ? 0 : 1);
    const isLive = name === 'tools' && needsOfRows(node).has('live');
    // `last` needs the length of the list first, and so do several probed pages.
    const atMost = count * (pages + (isLive || args.has('last') ? 1 : 0));
    const probes = isLive ? count * (isAligned ? size + pages : pages * maxPageSize) : 0;
    this.#addList(key, { expected: 1, atMost, probes });
  }

  /** The rows of the objects of a field, which have not come with a list. `needs` are those of the fields on `type`. */
  #addRows(node: CostNode, type: string, needs: ReadonlySet<string>, place: Place, objects: number): void {
    const { typeName, reads, parentType, below, args } = node;
    const isLookup = reads === 'row';
    const scope = scopeOfRows(type, place);
    // A row of any type, which may be a tool.
    if (isLookup && !scope) this.#addSingles(objects * (LIST_PAGES + 1));
    if (!scope) return;
    const key = `${type} ${scope.key}`;
    const isLive = type === 'Tool' && needs.has('live');
    // Links may be null, and what mutations and events are about may have been read.
    const isLink = isLookup && args.size === 0;
    const isCertain = typeName === type && !isLink && !/(Payload|Event)$/.test(parentType);
    if (isLive) {
      want(this.#probed, key, { scopes: scope.count, rows: objects, lookups: 0, expected: isCertain ? 1 : 0 });
    }
    if (!isLookup && !needs.has('stored')) return;
    // A list with rows proves that its project exists.
    const isProven = type === 'Project' && needs.size === 0 && below.some((list) => list.reads === 'page');
    want(this.#rows, key, {
      scopes: scope.count,
      rows: objects,
      lookups: isLookup ? objects : 0,
      expected: isCertain && !isLive && !isProven ? 1 : 0,
    });
  }

  /** Adds a list that several fields may read: what the largest of them needs. */
  #addList(key: string, { expected, atMost, probes = 0 }: { expected: number; atMost: number; probes?: number }): void {
    const known = this.#lists.get(key) ?? { expected: 0, atMost: 0, probes: 0 };
    this.#lists.set(key, {
      expected: Math.max(known.expected, expected),
      atMost: Math.max(known.atMost, atMost),
      probes: Math.max(known.probes, probes),
    });
  }

  /** Adds calls of one field alone. */
  #addSingles(atMost: number): void {
    this.#addList(`single ${this.#lists.size}`, { expected: 0, atMost });
  }
}

/** What is needed of the rows of a connection. */
function needsOfRows({ below }: CostNode): ReadonlySet<string> {
  const nodes = below.flatMap((node) => (node.name === 'edges' ? node.below : [node]));
  return new Set(nodes.flatMap(({ needs }) => [...needs.values()].flatMap((needed) => [...needed])));
}

function want(all: Map<string, Wanted>, key: string, more: Wanted): void {
  const known = all.get(key);
  all.set(key, {
    scopes: more.scopes,
    rows: more.rows + (known?.rows ?? 0),
    lookups: more.lookups + (known?.lookups ?? 0),
    expected: Math.max(more.expected, known?.expected ?? 0),
  });
}

/** Whose list has the rows of a type; undefined for a type without rows of its own. */
function scopeOfRows(typeName: string, { project, agent }: Place): Scope | undefined {
  if (typeName === 'Project' || typeName === 'VoiceAgent' || typeName === 'VoiceTool') return ONE;
  if (typeName === 'Agent' || typeName === 'Tool' || typeName === 'CredentialReference') return project;
  return typeName === 'SubAgent' ? agent : undefined;
}

function parentScope(parentType: string, { project, agent }: Place): Scope {
  if (parentType === 'Query') return ONE;
  return parentType === 'Project' ? project : agent;
}

/**
 * Tools are searched on the pages of their project. Of other rows, one is read by itself. For several, pages of their list are read
 * while they are not more than the rows, and then what is missing.
 */
function callsForRows(key: string, { scopes, rows, lookups }: Wanted): number {
  if (key.startsWith('Tool ')) return LIST_PAGES * Math.min(scopes, rows) + lookups;
  return (
    Math.min(rows + Math.min(scopes, Math.floor(rows / 2)), (LIST_PAGES + LIST_ROWS) * scopes) +
    Math.max(0, lookups - 1)
  );
}

/** Few tools are probed by themselves, many by pages, of which the number is asked first. */
function callsForProbes({ scopes, rows }: Wanted): number {
  return rows < UPSTREAM_LIMITS.reads.minToolsForLongList
    ? rows
    : Math.min(rows, MAX_LEFT_TO_PROBE * scopes) + (LIST_PAGES + 1) * scopes;
}

/** Pages are probed for few tools only if those are more than half of the list. */
function probesFor({ scopes, rows }: Wanted): number {
  if (rows < UPSTREAM_LIMITS.reads.minToolsForLongList) return rows;
  return rows <= maxSingleProbes ? 2 * rows : (LIST_ROWS + MAX_LEFT_TO_PROBE) * scopes;
}

function textOf(args: ReadonlyMap<string, string>): string {
  return [...args].map(([name, value]) => `${name}:${value}`).join(' ');
}
