import { createHash } from 'node:crypto';
import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { type CostPlan, planCost } from '../../../graph/core/cost/operation-cost.js';
import { readVariableTypes, type VariableType } from '../variables.js';
import { type Deferral, readDeferral } from './deferral.js';

/** What is known of one operation of a valid document, whatever the request. */
export interface OperationPlan {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** SHA-256 of the text of the document, in hexadecimal. Clients of persisted queries name documents by it. */
  readonly documentHash: string;
  readonly variableTypes: readonly VariableType[];
  readonly cost: CostPlan;
  readonly deferral: Deferral;
}

/** The plans of the operations of valid documents. A plan is made for the first request, and kept as long as its document. */
export class OperationPlans {
  readonly #schema: GraphQLSchema;
  readonly #plans = new WeakMap<DocumentNode, Map<OperationDefinitionNode, OperationPlan>>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** Whether `get` was called for this document, which means that it is valid. */
  isValid(document: DocumentNode): boolean {
    return this.#plans.has(document);
  }

  /** The plan of an operation of a valid document. */
  get(document: DocumentNode, operation: OperationDefinitionNode): OperationPlan {
    const ofDocument = this.#plans.get(document) ?? new Map<OperationDefinitionNode, OperationPlan>();
    this.#plans.set(document, ofDocument);
    const known = ofDocument.get(operation);
    if (known) return known;
    const plan = {
      document,
      operation,
      documentHash: hashOf(document),
      variableTypes: readVariableTypes(this.#schema, operation),
      cost: planCost(this.#schema, document, operation),
      deferral: readDeferral(document),
    };
    ofDocument.set(operation, plan);
    return plan;
  }
}

function hashOf({ loc }: DocumentNode): string {
  return createHash('sha256')
    .update(loc?.source.body ?? '')
    .digest('hex');
}
