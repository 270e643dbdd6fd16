import { type DocumentNode, type GraphQLSchema, getOperationAST, Kind, type OperationTypeNode } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { createExecute } from './documents/compiled-queries.js';
import { isDeferrable } from './documents/deferral.js';
import { findExceededCost, findExceededLimit, type ShapeLimits } from './documents/document-limits.js';
import { type OperationPlan, OperationPlans } from './documents/operation-plan.js';
import {
  createDocumentCaches,
  createPinnedCaches,
  type DocumentLimits,
  parseDocument,
  useDocumentRules,
  validateDocument,
} from './documents/parse-and-validate.js';
import { PersistedOperations, type PersistedOptions } from './documents/persisted-operations.js';
import { findRootProblem } from './documents/root-fields.js';
import { type Engine, useExecute, withoutHooks } from './engine.js';
import type { Exchange } from './exchange.js';
import { type ExecutionOptions, type Outcome, run } from './execute-operation.js';
import {
  badInput,
  persistedQueryNotFound,
  persistedQueryNotSupported,
  persistedQueryOnly,
  type Refusal,
  refusal,
} from './public-errors.js';
import type { OperationParams } from './request-params.js';
import { findVariableProblems } from './variables.js';

export interface PipelineOptions<Context extends object> extends ExecutionOptions<Context> {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  readonly limits: DocumentLimits;
  /** Operations that requests can name by an id. Undefined if there are none. */
  readonly persisted?: PersistedOptions | undefined;
  readonly shape: ShapeLimits;
  /** The most that an operation may cost: `total` of its cost. */
  readonly maxOperationCost?: number | undefined;
  /**
   * Plugins of the operator. Their envelop hooks are called for every operation and event on every transport, except
   * `onContextBuilding`; Yoga's HTTP hooks (`onRequest`, `onParams`, …) are not called.
   */
  readonly plugins?: readonly Plugin[] | undefined;
}

/** An operation that passed every check and has not started. */
interface PreparedOperation {
  readonly type: OperationTypeNode;
  /** `inParts`: the client reads parts of a result, for `@defer`. Never rejects: failures are in `errors`. */
  execute(options: { readonly inParts: boolean }): Promise<Outcome>;
}

/** Turns a document into its result. All transports share it. */
export interface Pipeline {
  /** Parses and validates the document and checks the variables, without executing anything. Never throws. */
  prepare(params: OperationParams, exchange: Exchange): PreparedOperation | Refusal;
}

/**
 * The pipeline of one schema. Yoga's engine parses, validates and executes; its HTTP server is not used. Throws
 * `PersistedOperationsError` if a persisted operation is not valid.
 */
export function createPipeline<Context extends object>(options: PipelineOptions<Context>): Pipeline {
  const { schema, introspection, limits, shape, maxOperationCost, plugins = [] } = options;
  const persisted = options.persisted && new PersistedOperations(options.persisted);
  const caches = persisted ? createPinnedCaches(limits, persisted.parsed) : createDocumentCaches(limits);
  const execute = createExecute(limits, persisted?.compiled);
  const yoga = createYoga({
    schema,
    plugins: [useExecute(execute), useDocumentRules({ introspection, maxErrors: limits.maxErrors, shape }), ...plugins],
    parserAndValidationCache: caches,
    // `publicErrors` masks errors: Yoga's masking does not know the request id.
    maskedErrors: false,
    graphiql: false,
    landingPage: false,
    logging: false,
  });
  const plans = new OperationPlans(schema);
  // Plugins see every operation parsed and validated. Without plugins, a document is parsed and validated once, and all
  // operations share one engine.
  const shared = plugins.length === 0 ? withoutHooks(yoga.getEnveloped({}), execute) : undefined;

  function findDocument(engine: Engine, params: OperationParams, exchange: Exchange): DocumentNode | Refusal {
    const { query: text, documentId = '' } = params;
    if (text !== undefined) {
      if (persisted?.only) return { errors: [persistedQueryOnly()] };
      return (shared && caches.documentCache.get(text)) ?? parseDocument(engine, text);
    }
    const found = persisted?.find(documentId);
    if (!found) return { errors: [persisted ? persistedQueryNotFound() : persistedQueryNotSupported()] };
    exchange.summary.isPersisted = true;
    return shared ? found.document : parseDocument(engine, found.text);
  }

  function findPlan(engine: Engine, params: OperationParams, exchange: Exchange): OperationPlan | Refusal {
    const document = findDocument(engine, params, exchange);
    if ('errors' in document) return document;
    const operation = getOperationAST(document, params.operationName);
    if (!operation) return { errors: [badInput(NO_OPERATION)] };
    exchange.summary.type = operation.operation;
    exchange.summary.name = operation.name?.value.slice(0, limits.maxOperationNameLength);
    const isKnown = plans.isValid(document);
    // Before validation, which can take long.
    const exceeded = isKnown ? undefined : findExceededLimit(document, shape);
    const errors = exceeded ? [exceeded] : shared && isKnown ? [] : validateDocument(engine, document);
    if (errors.length === 0) return plans.get(document, operation);
    // Yoga would cache the errors with the document, and `estimateBytes` does not count them.
    if (params.query !== undefined) caches.documentCache.delete(params.query);
    return { errors };
  }

  /** Does all that can be done for a persisted operation before its first request, except compiling it. */
  function prepareText(text: string): DocumentNode | Refusal {
    const engine = shared ?? yoga.getEnveloped({});
    const document = parseDocument(engine, text);
    if ('errors' in document) return document;
    // It is kept elsewhere.
    caches.documentCache.delete(text);
    const exceeded = findExceededLimit(document, shape);
    const errors = exceeded ? [exceeded] : validateDocument(engine, document);
    if (errors.length > 0) return { errors };
    for (const node of document.definitions) if (node.kind === Kind.OPERATION_DEFINITION) plans.get(document, node);
    return document;
  }

  persisted?.load(schema, limits, prepareText);

  function check(params: OperationParams, exchange: Exchange): PreparedOperation | Refusal {
    const engine = shared ?? yoga.getEnveloped({});
    const plan = findPlan(engine, params, exchange);
    if ('errors' in plan) return plan;
    const { document, operation, documentHash, variableTypes, cost, deferral } = plan;
    exchange.summary.documentHash = documentHash;
    const problems = findVariableProblems(variableTypes, params.variables, limits.maxVariableProblems);
    if (problems.length > 0) return { errors: problems };
    const exceeded = findExceededCost(cost, params.variables, {
      maxRows: shape.rows,
      maxValues: shape.values,
      maxCost: maxOperationCost,
    });
    if (exceeded) return { errors: [exceeded] };
    const type = operation.operation;
    // A query can fail in one field and answer the others, but a mutation must fail before it writes anything.
    const problem = type === 'query' ? undefined : findRootProblem(schema, document, operation, params.variables);
    if (problem) return { errors: [problem] };
    const told = exchange.costReport && cost.costOf(params.variables);
    if (exchange.costReport === 'only')
      return { type, execute: async () => ({ data: null, extensions: { cost: told } }) };
    return {
      type,
      execute({ inParts }) {
        const isDeferred =
          inParts && type === 'query' && isDeferrable(deferral, cost.rows, params.variables, limits.maxResultParts);
        exchange.inParts = isDeferred;
        const executed = isDeferred ? document : deferral.whole;
        return run(options, engine, { document: executed, type, params, exchange, cost: told });
      },
    };
  }

  return {
    prepare(params, exchange) {
      try {
        const prepared = check(params, exchange);
        return 'errors' in prepared ? refusal(prepared.errors, exchange) : prepared;
      } catch (error) {
        return refusal([error], exchange);
      }
    },
  };
}

const NO_OPERATION = 'The document has no operation of that name, or it has several and operationName is missing.';
