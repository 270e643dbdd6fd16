import {
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  type GraphQLSchema,
  Source,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import type { PromiseOrValue } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { schemaForCode } from '../../../graph/core/reads/row-members.js';
import type { TransportLimits } from '../../limits.js';
import { executeInParts, type ResultParts } from '../result-parts.js';
import { countGeneratedFields, isCompilable } from './compilable.js';
import { estimateBytes } from './parse-and-validate.js';

/** `inParts`: fragments with `@defer` come later. Otherwise the document must have none. */
export interface ExecuteArgs extends ExecutionArgs {
  readonly inParts?: boolean;
}

/** Executes an operation; the arguments and results of `execute` of graphql-js, or parts of a result. */
export type Execute = (args: ExecuteArgs) => PromiseOrValue<ExecutionResult | ResultParts>;

type CompileLimits = TransportLimits['documents'];

/** Measured on Node 20: the generated code of a field takes 5 to 6 KB, its arguments included, and 150 µs to make. */
const BYTES_PER_FIELD = 6_000;

/**
 * Executes queries by code that graphql-jit generates for their document, which takes half the time of graphql-js. A document is
 * compiled when it has been executed `runsBeforeCompiling` times: compiling takes as long as some hundred executions. Documents
 * that graphql-jit could answer differently (see `isCompilable`) are always executed by graphql-js. `pinned` is code that is
 * never dropped; entries may be added later.
 */
export function createExecute(limits: CompileLimits, pinned?: ReadonlyMap<DocumentNode, CompiledQuery>): Execute {
  const runs = new WeakMap<DocumentNode, number>();
  const compiled = new LRUCache<DocumentNode, CompiledQuery>({ maxSize: limits.maxCompiledBytes });

  function find(args: ExecutionArgs): CompiledQuery | undefined {
    const known = pinned?.get(args.document) ?? compiled.get(args.document);
    return known ?? (isDue(args.document) ? compile(args) : undefined);
  }

  /** True once for each document; again if its code was dropped from the cache. */
  function isDue(document: DocumentNode): boolean {
    const count = (runs.get(document) ?? 0) + 1;
    runs.set(document, count > limits.runsBeforeCompiling ? 1 : count);
    return count > limits.runsBeforeCompiling;
  }

  function compile({ schema, document }: ExecutionArgs): CompiledQuery | undefined {
    const code = generate(schema, document, limits.maxCompiledDocumentBytes);
    // The code keeps its document, also when that is no longer cached by its text.
    if (code) compiled.set(document, code.query, { size: code.size + estimateBytes(document) });
    // Not tried again.
    else runs.set(document, Number.NEGATIVE_INFINITY);
    return code?.query;
  }

  return (args) => {
    if (args.inParts) return executeInParts(args);
    const query = find(args);
    if (!query) return execute(args);
    const result = query.query(args.rootValue, args.contextValue, args.variableValues);
    return result instanceof Promise
      ? result.then((settled) => asOfGraphQLJs(settled, args.document))
      : asOfGraphQLJs(result, args.document);
  };
}

/** The code of each document for which it can be generated, in their order, until it takes `maxPersistedCompiledBytes`. */
export function compileAll(
  schema: GraphQLSchema,
  documents: Iterable<DocumentNode>,
  limits: CompileLimits,
): ReadonlyMap<DocumentNode, CompiledQuery> {
  const compiled = new Map<DocumentNode, CompiledQuery>();
  let bytesLeft = limits.maxPersistedCompiledBytes;
  for (const document of documents) {
    const code = generate(schema, document, Math.min(bytesLeft, limits.maxCompiledDocumentBytes));
    if (!code) continue;
    compiled.set(document, code.query);
    bytesLeft -= code.size;
  }
  return compiled;
}

/** Undefined if the code would take more than `maxBytes` of heap, or could answer differently from graphql-js. */
function generate(
  schema: GraphQLSchema,
  document: DocumentNode,
  maxBytes: number,
): { query: CompiledQuery; size: number } | undefined {
  const size = BYTES_PER_FIELD * countGeneratedFields(schema, document);
  if (size > maxBytes || !isCompilable(schema, document)) return undefined;
  const query = compileQuery(schemaForCode(schema, document), document, '');
  return isCompiledQuery(query) ? { query, size } : undefined;
}

/** The result of graphql-js for a result of graphql-jit. */
function asOfGraphQLJs(result: ExecutionResult, document: DocumentNode): ExecutionResult {
  const { data, errors } = result;
  return errors ? { errors: errors.map((error) => located(error, document)), data } : result;
}

/** The error of graphql-js for an error of graphql-jit, which has the place in the document only as line and column. */
function located({ message, locations, path, originalError }: GraphQLError, { loc }: DocumentNode): GraphQLError {
  const original = originalError instanceof GraphQLError ? originalError : undefined;
  const source = original?.source ?? loc?.source ?? new Source('');
  return new GraphQLError(message, {
    source,
    positions: original?.positions ?? locations?.map((location) => positionOf(source, location)),
    path: original?.path ?? path,
    originalError,
  });
}

function positionOf({ body }: Source, { line, column }: { line: number; column: number }): number {
  const starts = [0, ...[...body.matchAll(/\r\n|[\n\r]/g)].map((end) => end.index + end[0].length)];
  return (starts[line - 1] ?? 0) + column - 1;
}
