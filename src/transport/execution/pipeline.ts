import { type ExecutionResult, type GraphQLSchema, getOperationAST, type OperationTypeNode } from 'graphql';
import { createYoga, getSSEProcessor, type Plugin, processRegularResult } from 'graphql-yoga';
import { stringifyJson } from '../../exact-json.js';
import type { AnswerType } from '../http/accept.js';
import { createDocumentCaches, parseDocument, useDocumentRules, validateDocument } from './documents.js';
import { useGraphQLJs } from './engine.js';
import type { Exchange } from './exchange.js';
import { type ExecutionOptions, type Outcome, run } from './execute-operation.js';
import { badInput, type Refusal, refusal } from './public-errors.js';
import type { OperationParams } from './request-params.js';
import { findRootProblem } from './root-fields.js';
import { findVariableProblems } from './variables.js';

export interface PipelineOptions<Context extends object> extends ExecutionOptions<Context> {
  readonly schema: GraphQLSchema;
  readonly introspection: boolean;
  /**
   * Plugins of the operator. Their envelop hooks are called for every operation and event on every transport, except
   * `onContextBuilding`; Yoga's HTTP hooks (`onRequest`, `onParams`, …) are not called.
   */
  readonly plugins?: readonly Plugin[] | undefined;
}

/** An operation that passed every check, and has not begun. */
interface PreparedOperation {
  readonly type: OperationTypeNode;
  /** Never rejects: what goes wrong is in `errors`. An iterable for a subscription that could start. */
  execute(): Promise<Outcome>;
}

/** The one way from a document to its result, for every protocol. */
export interface Pipeline {
  /** Parses, validates and checks the variables; executes nothing. Never throws. */
  prepare(params: OperationParams, exchange: Exchange): PreparedOperation | Refusal;
  /** One result as GraphQL over HTTP has it, status included. */
  present(result: ExecutionResult, type: AnswerType): Promise<Response>;
}

/** The pipeline of one schema. Yoga provides parse, validate and execute with their caches; its HTTP side is not used. */
export function createPipeline<Context extends object>(options: PipelineOptions<Context>): Pipeline {
  const caches = createDocumentCaches();
  const yoga = createYoga({
    schema: options.schema,
    plugins: [useGraphQLJs, useDocumentRules({ introspection: options.introspection }), ...(options.plugins ?? [])],
    parserAndValidationCache: caches,
    // `publicErrors` masks: Yoga's own mask is not told the request id.
    maskedErrors: false,
    graphiql: false,
    landingPage: false,
    logging: false,
  });

  function check(params: OperationParams, exchange: Exchange): PreparedOperation | Refusal {
    const engine = yoga.getEnveloped({});
    const document = parseDocument(engine, params.query);
    if ('errors' in document) return document;
    const operation = getOperationAST(document, params.operationName);
    if (!operation) return { errors: [badInput(NO_OPERATION)] };
    exchange.record.type = operation.operation;
    exchange.record.name = operation.name?.value.slice(0, 100);
    const errors = validateDocument(engine, document);
    if (errors.length > 0) {
      // What the rules found would stay with it, and has no part in its weight.
      caches.documentCache.delete(params.query);
      return { errors };
    }
    const problems = findVariableProblems(options.schema, operation, params.variables);
    if (problems.length > 0) return { errors: problems };
    // A query may fail in one field and answer the others; a mutation must not have written by then.
    const problem =
      operation.operation === 'query'
        ? undefined
        : findRootProblem(options.schema, document, operation, params.variables);
    if (problem) return { errors: [problem] };
    return {
      type: operation.operation,
      execute: () => run(options, engine, { document, type: operation.operation, params, exchange }),
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
    async present(result, type) {
      const processor = type === 'text/event-stream' ? asEvents : processRegularResult;
      // Yoga writes a result with its own `stringify`, if it has one.
      const written = { ...result, stringify: stringifyJson };
      return processor(written, yoga.fetchAPI, type);
    },
  };
}

const asEvents = getSSEProcessor();

const NO_OPERATION = 'The document has no operation of that name, or it has several and operationName is missing.';
