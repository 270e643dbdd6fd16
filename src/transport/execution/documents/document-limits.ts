import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Variables } from '../../../graph/core/cost/cost-tree.js';
import type { CostPlan } from '../../../graph/core/cost/operation-cost.js';
import type { ErrorCode } from '../../../graph/core/errors/error-codes.js';
import type { TransportLimits } from '../../limits.js';

/** What a document may have, all its operations and fragments together, and the rows of the operation that is executed. */
export type ShapeLimits = TransportLimits['shape'];

/** The limits of documents and operations, as `extensions.limit` names them. */
export type LimitName = keyof ShapeLimits | 'cost';

/** What a client can do about each limit. */
const ADVICE: Record<LimitName, string> = {
  tokens: 'Send a shorter document, and long values as variables.',
  depth: 'Select fewer levels in one operation; each selection set and each fragment is a level.',
  fields: 'Select fewer fields, or send several operations; a fragment counts each time it is spread.',
  aliases: 'Send several operations; a fragment counts each time it is spread.',
  rootFields: 'Send several operations, or read many objects with `nodes(ids:)`.',
  directives: 'Use fewer directives; a fragment counts each time it is spread.',
  fragmentSpreads: 'Spread fewer fragments; those in a fragment count each time it is spread.',
  introspectionFields: 'Select `__schema` and `__type` fewer times in one document.',
  introspectionAliases: 'Select what is below `__schema` and `__type` without aliases.',
  introspectionDepth: 'Select fewer levels below `__schema` and `__type`.',
  rows: 'Set a smaller `first` or `last` on its lists: the sizes of lists in each other are multiplied.',
  values:
    'Select fewer fields in its lists, or set a smaller `first` or `last`: the sizes of lists in each other are multiplied.',
  cost: 'Select fewer lists and live fields, or set a smaller `first` or `last`.',
};

/** The error for a limit that a document or an operation exceeds. `actual` is a lower bound if counting stopped early. */
export function limitExceeded(limit: LimitName, allowed: number, actual: number): GraphQLError {
  const words = limit.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  // JSON has no infinity.
  const shown = Math.min(actual, Number.MAX_SAFE_INTEGER);
  return new GraphQLError(`The ${words} of this operation exceed the limit: ${shown} of ${allowed}. ${ADVICE[limit]}`, {
    extensions: { code: 'LIMIT_EXCEEDED' satisfies ErrorCode, limit, allowed, actual: shown },
  });
}

const COUNTED = [
  'depth',
  'fragmentSpreads',
  'fields',
  'aliases',
  'rootFields',
  'directives',
  'introspectionFields',
  'introspectionAliases',
  'introspectionDepth',
] as const satisfies readonly LimitName[];

/** What is counted in a selection set, with its fragments as often as they are spread. `rootFields` are its own fields. */
type Counts = Record<(typeof COUNTED)[number], number>;

/**
 * The first limit that a parsed document exceeds; undefined if there is none. The document need not be valid: validation of a
 * hostile one can take long. Takes time in proportion to the text, because each fragment is counted once, and multiplied. Numbers
 * are doubles, so that 2^2000 is more than any limit, too.
 */
export function findExceededLimit(document: DocumentNode, limits: ShapeLimits): GraphQLError | undefined {
  try {
    const counts = new Counter(document, limits.depth).countAll(document);
    const limit = COUNTED.find((name) => counts[name] > limits[name]);
    return limit && limitExceeded(limit, limits[limit], counts[limit]);
  } catch (error) {
    if (error instanceof TooDeep) return limitExceeded('depth', limits.depth, error.depth);
    throw error;
  }
}

/** The limit that an operation exceeds with the variables of a request; undefined if there is none. */
export function findExceededCost(
  { rows, values, costOf }: CostPlan,
  variables: Variables,
  {
    maxRows,
    maxValues,
    maxCost,
  }: { readonly maxRows: number; readonly maxValues: number; readonly maxCost: number | undefined },
): GraphQLError | undefined {
  const rowCount = typeof rows === 'number' ? rows : rows(variables);
  if (rowCount > maxRows) return limitExceeded('rows', maxRows, rowCount);
  const valueCount = typeof values === 'number' ? values : values(variables);
  if (valueCount > maxValues) return limitExceeded('values', maxValues, valueCount);
  if (maxCost === undefined) return undefined;
  const { total } = costOf(variables);
  return total > maxCost ? limitExceeded('cost', maxCost, total) : undefined;
}

class TooDeep extends Error {
  readonly depth: number;

  constructor(depth: number) {
    super();
    this.depth = depth;
  }
}

class Counter {
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  /** Depths are counted from the fragment, so they hold wherever it is spread. Undefined while a fragment is being counted. */
  readonly #known = new Map<string, Counts | undefined>();
  readonly #maxDepth: number;

  constructor({ definitions }: DocumentNode, maxDepth: number) {
    this.#maxDepth = maxDepth;
    for (const node of definitions)
      if (node.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(node.name.value, node);
  }

  /** Throws TooDeep: the code that counts is recursive, too. */
  countAll({ definitions }: DocumentNode): Counts {
    const sum = noCounts();
    for (const node of definitions) {
      if (node.kind !== Kind.OPERATION_DEFINITION) continue;
      this.#add(sum, this.#selections(node.selectionSet, 1));
      for (const { directives } of [node, ...(node.variableDefinitions ?? [])])
        sum.directives += directives?.length ?? 0;
    }
    // Fragments that no operation spreads are not valid, but must not make validation slow.
    for (const [name] of this.#fragments) if (!this.#known.has(name)) this.#add(sum, this.#fragment(name, 1));
    return sum;
  }

  #add(sum: Counts, counts: Counts): void {
    sum.depth = Math.max(sum.depth, counts.depth);
    sum.introspectionDepth = Math.max(sum.introspectionDepth, counts.introspectionDepth);
    sum.fields += counts.fields;
    sum.rootFields += counts.rootFields;
    sum.aliases += counts.aliases;
    sum.directives += counts.directives;
    sum.fragmentSpreads += counts.fragmentSpreads;
    sum.introspectionFields += counts.introspectionFields;
    sum.introspectionAliases += counts.introspectionAliases;
  }

  /** `level` is the number of selection sets around and including this one. */
  #selections({ selections }: SelectionSetNode, level: number): Counts {
    if (level > this.#maxDepth) throw new TooDeep(level);
    const sum = noCounts();
    for (const selection of selections) {
      this.#add(sum, this.#selection(selection, level));
      sum.directives += selection.directives?.length ?? 0;
    }
    sum.depth += 1;
    return sum;
  }

  #selection(selection: SelectionNode, level: number): Counts {
    if (selection.kind === Kind.FIELD) return this.#field(selection, level);
    if (selection.kind === Kind.INLINE_FRAGMENT) return this.#selections(selection.selectionSet, level + 1);
    const counts = this.#fragment(selection.name.value, level + 1);
    return { ...counts, fragmentSpreads: counts.fragmentSpreads + 1 };
  }

  /** Introspection is known by the name of the field, not by an alias or a fragment, and has limits of its own. */
  #field({ name, alias, selectionSet }: FieldNode, level: number): Counts {
    const below = selectionSet ? this.#selections(selectionSet, level + 1) : noCounts();
    const isIntrospection = name.value === '__schema' || name.value === '__type';
    const here = isIntrospection ? asIntrospection(below) : below;
    return { ...here, aliases: here.aliases + (alias ? 1 : 0), fields: here.fields + 1, rootFields: 1 };
  }

  /** `level` is that of its selection set. A fragment that spreads itself is counted as if it did not: validation refuses it. */
  #fragment(name: string, level: number): Counts {
    const fragment = this.#fragments.get(name);
    let counts = this.#known.get(name);
    if (!counts && fragment && !this.#known.has(name)) {
      this.#known.set(name, undefined);
      counts = this.#selections(fragment.selectionSet, level);
      counts.directives += fragment.directives?.length ?? 0;
      this.#known.set(name, counts);
    }
    if (!counts) return noCounts();
    if (level - 1 + counts.depth > this.#maxDepth) throw new TooDeep(level - 1 + counts.depth);
    return counts;
  }
}

/** The counts of an introspection field, for which limits of their own apply. */
function asIntrospection({ depth, aliases, directives, fragmentSpreads }: Counts): Counts {
  return {
    ...noCounts(),
    directives,
    fragmentSpreads,
    introspectionFields: 1,
    introspectionAliases: aliases,
    introspectionDepth: depth,
  };
}

function noCounts(): Counts {
  return {
    depth: 0,
    fields: 0,
    aliases: 0,
    rootFields: 0,
    directives: 0,
    fragmentSpreads: 0,
    introspectionFields: 0,
    introspectionAliases: 0,
    introspectionDepth: 0,
  };
}
