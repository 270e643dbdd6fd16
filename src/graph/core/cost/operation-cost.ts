import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { CallEstimate } from './call-estimate.js';
import { type CostNode, readCostTree, type Size, type Variables } from './cost-tree.js';

/** What an operation costs at most, told before it is executed. A subscription costs this for each event, without its polls. */
export interface OperationCost {
  /** What MAX_OPERATION_COST limits: calls and probes at most. */
  readonly total: number;
  /** Upstream calls: expected if every list has few rows, and at most. */
  readonly calls: { readonly expected: number; readonly atMost: number };
  /** Rows of lists. A list without page arguments is part of its row. */
  readonly rows: { readonly atMost: number };
  /** Probes of MCP servers. */
  readonly probes: { readonly atMost: number };
}

/** The cost of one operation of a document, computed as far as the document determines it. */
export interface CostPlan {
  /** The rows at most. A number unless variables set the size of a list. */
  readonly rows: Size;
  /** The fields of all rows together, at most. */
  readonly values: Size;
  /** The cost with the variables of a request. Computed once if they do not change it. */
  costOf(variables: Variables): OperationCost;
}

/**
 * Lists of an operation with variable sizes that are kept for its next requests, about 300 bytes each. With more, the document is
 * read again for each request: fragments can make a short document large.
 */
const MAX_KEPT_LISTS = 100;

/** Plans the cost of an operation. The document must be valid and within its limits, because its fragments are expanded. */
export function planCost(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): CostPlan {
  const readTree = (): readonly CostNode[] => readCostTree(schema, document, operation);
  const tree = readTree();
  const isFixed = tree.every(hasFixedSizes);
  const { lists } = listsIn(tree);
  const rows = isFixed ? countRows(lists, {}) : counter(countRows, lists, readTree);
  const values = isFixed ? countValues(lists, {}) : counter(countValues, lists, readTree);
  const estimate = (variables: Variables): OperationCost => {
    const { calls, probes } = new CallEstimate(variables).of(readTree());
    const atMost = typeof rows === 'number' ? rows : rows(variables);
    return { total: calls.atMost + probes, calls, rows: { atMost }, probes: { atMost: probes } };
  };
  let known: OperationCost | undefined;
  return {
    rows,
    values,
    costOf(variables) {
      if (!isFixed) return estimate(variables);
      known ??= estimate({});
      return known;
    },
  };
}

/** The count with the variables of a request, from lists that are kept or are read again. */
function counter(
  countIn: (lists: readonly List[], variables: Variables) => number,
  lists: readonly List[],
  readTree: () => readonly CostNode[],
): (variables: Variables) => number {
  const isKept = countLists(lists) <= MAX_KEPT_LISTS;
  return isKept
    ? (variables) => countIn(lists, variables)
    : (variables) => countIn(listsIn(readTree()).lists, variables);
}

/** A field with a number of objects, the fields of each, and the lists below them. */
interface List {
  readonly size: Size;
  readonly fields: number;
  readonly below: readonly List[];
}

/** The lists of a tree, and the number of fields of the nodes that are not lists. */
function listsIn(nodes: readonly CostNode[]): { readonly lists: readonly List[]; readonly fields: number } {
  const lists: List[] = [];
  let sum = 0;
  for (const { size, fields, below } of nodes) {
    const found = listsIn(below);
    if (size === 1) {
      lists.push(...found.lists);
      sum += fields + found.fields;
    } else lists.push({ size, fields: fields + found.fields, below: found.lists });
  }
  return { lists, fields: sum };
}

function countLists(lists: readonly List[]): number {
  return lists.reduce((sum, { below }) => sum + 1 + countLists(below), 0);
}

function countRows(lists: readonly List[], variables: Variables): number {
  let sum = 0;
  for (const { size, below } of lists) sum += countOf(size, variables) * (1 + countRows(below, variables));
  return sum;
}

function countValues(lists: readonly List[], variables: Variables): number {
  let sum = 0;
  for (const { size, fields, below } of lists)
    sum += countOf(size, variables) * (fields + countValues(below, variables));
  return sum;
}

function countOf(size: Size, variables: Variables): number {
  return typeof size === 'number' ? size : size(variables);
}

function hasFixedSizes({ size, page, below }: CostNode): boolean {
  return typeof size !== 'function' && typeof page !== 'function' && below.every(hasFixedSizes);
}
