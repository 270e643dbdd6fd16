import { type ExecutionResult, type GraphQLSchema, getOperationAST, type OperationTypeNode } from 'graphql';
import { createYoga, getSSEProcessor, type Plugin, processRegularResult } from 'graphql-yoga';
import { stringifyJson } from '../../exact-json.js';
import type { AnswerType } from '../http/accept.js';
import {
  createDocumentCaches,
  type DocumentLimits,
  parseDocument,
  useDocumentRules,
  validateDocument,
} from './documents.js';
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
  readonly limits: DocumentLimits;
  /**
   * Plugins of the operator. Their envelop hooks are called for every operation and event on every transport, except
   * `onContextBuilding`; Yoga's HTTP hooks (`onRequest`, `onParams`, …) are not called.
   */
  readonly plugins?: readonly Plugin[] | undefined;
}

/** An operation that passed every check and has not started. */
interface PreparedOperation {
  readonly type: OperationTypeNode;
  /** Never rejects: failures are in `errors`. */
  execute(): Promise<Outcome>;
}

/** Turns a document into its result. All transports share it. */
export interface Pipeline {
  /** Parses and validates the document and checks the variables, without executing anything. Never throws. */
  prepare(params: OperationParams, exchange: Exchange): PreparedOperation | Refusal;
  /** Formats one result according to GraphQL over HTTP, with its status. */
  present(result: ExecutionResult, type: AnswerType): Promise<Response>;
}

/** The pipeline of one schema. Yoga's engine parses, validates and executes, with its caches; its HTTP server is not used. */
export function createPipeline<Context extends object>(options: PipelineOptions<Context>): Pipeline {
  const caches = createDocumentCaches(options.limits);
  const yoga = createYoga({
    schema: options.schema,
    plugins: [
      useGraphQLJs,
      useDocumentRules({ introspection: options.introspection, maxErrors: options.limits.maxErrors }),
      ...(options.plugins ?? []),
    ],
    parserAndValidationCache: caches,
    // `publicErrors` masks errors: Yoga's masking does not know the request id.
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
    exchange.summary.type = operation.operation;
    exchange.summary.name = operation.name?.value.slice(0, 100);
    const errors = validateDocument(engine, document);
    if (errors.length > 0) {
      // Yoga would cache the errors with the document, and `estimateBytes` does not count them.
      caches.documentCache.delete(params.query);
      return { errors };
    }
    const problems = findVariableProblems(
      options.schema,
      operation,
      params.variables,
      options.limits.maxVariableProblems,
    );
    if (problems.length > 0) return { errors: problems };
    // A query can fail in one field and answer the others, but a mutation must fail before it writes anything.
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
      // Yoga uses the `stringify` of a result, if it has one.
      const written = { ...result, stringify: stringifyJson };
      return processor(written, yoga.fetchAPI, type);
    },
  };
}

const asEvents = getSSEProcessor();

const NO_OPERATION = 'The document has no operation of that name, or it has several and operationName is missing.';
