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
  const rows = isFixed ? countRows(listsIn(tree), {}) : rowCounter(readTree, listsIn(tree));
  const estimate = (variables: Variables): OperationCost => {
    const { calls, probes } = new CallEstimate(variables).of(readTree());
    const atMost = typeof rows === 'number' ? rows : rows(variables);
    return { total: calls.atMost + probes, calls, rows: { atMost }, probes: { atMost: probes } };
  };
  let known: OperationCost | undefined;
  return {
    rows,
    costOf(variables) {
      if (!isFixed) return estimate(variables);
      known ??= estimate({});
      return known;
    },
  };
}

function rowCounter(readTree: () => readonly CostNode[], lists: readonly List[]): (variables: Variables) => number {
  const isKept = count(lists) <= MAX_KEPT_LISTS;
  return isKept ? (variables) => countRows(lists, variables) : (variables) => countRows(listsIn(readTree()), variables);
}

/** A field with a number of objects, and those below it. */
interface List {
  readonly size: Size;
  readonly below: readonly List[];
}

/** The lists of a tree, without the fields between them. */
function listsIn(nodes: readonly CostNode[]): readonly List[] {
  return nodes.flatMap(({ size, below }) => (size === 1 ? listsIn(below) : [{ size, below: listsIn(below) }]));
}

function count(lists: readonly List[]): number {
  return lists.reduce((sum, { below }) => sum + 1 + count(below), 0);
}

function countRows(lists: readonly List[], variables: Variables): number {
  let sum = 0;
  for (const { size, below } of lists) {
    const rows = typeof size === 'number' ? size : size(variables);
    sum += rows * (1 + countRows(below, variables));
  }
  return sum;
}

function hasFixedSizes({ size, page, below }: CostNode): boolean {
  return typeof size !== 'function' && typeof page !== 'function' && below.every(hasFixedSizes);
}
