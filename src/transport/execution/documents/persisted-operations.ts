import { type DocumentNode, type GraphQLError, type GraphQLSchema, getLocation } from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import { compileAll } from './compiled-queries.js';
import { PersistedOperationsError } from './manifest.js';
import type { DocumentLimits } from './parse-and-validate.js';

/** The operations that the operator has registered. */
export interface PersistedOptions {
  /** The text of each document by its id. */
  readonly documents: ReadonlyMap<string, string>;
  /** Whether requests may only name one of them. */
  readonly only: boolean;
}

/** A registered document, parsed and valid. */
interface PersistedDocument {
  readonly text: string;
  readonly document: DocumentNode;
}

/** Parses and validates a text: returns its document, or the errors. */
type Check = (text: string) => DocumentNode | { readonly errors: readonly GraphQLError[] };

/** The registered operations, empty until `load` is called. Nothing of them is ever evicted. */
export class PersistedOperations {
  readonly only: boolean;
  /** The documents by text. */
  readonly parsed = new Map<string, DocumentNode>();
  /** The generated code of the documents. */
  readonly compiled = new Map<DocumentNode, CompiledQuery>();
  readonly #texts: ReadonlyMap<string, string>;
  readonly #byId = new Map<string, PersistedDocument>();

  constructor({ documents, only }: PersistedOptions) {
    this.only = only;
    this.#texts = documents;
  }

  find(id: string): PersistedDocument | undefined {
    return this.#byId.get(id);
  }

  /**
   * Checks and compiles all documents. A SHA-256 can also be given as `sha256:<hex>`, as the GraphQL over HTTP specification
   * writes it. Throws `PersistedOperationsError`, which names the operations that are not valid.
   */
  load(schema: GraphQLSchema, limits: DocumentLimits, check: Check): void {
    const problems: string[] = [];
    for (const [id, text] of this.#texts) {
      const document = this.parsed.get(text) ?? check(text);
      if ('errors' in document) problems.push(describe(id, text, document.errors));
      else this.#add(id, { text, document });
    }
    if (problems.length > 0) throw new PersistedOperationsError(list(problems, limits.maxPersistedProblems));
    for (const [document, query] of compileAll(schema, this.parsed.values(), limits))
      this.compiled.set(document, query);
  }

  #add(id: string, found: PersistedDocument): void {
    this.parsed.set(found.text, found.document);
    this.#byId.set(id, found);
    if (/^[0-9a-f]{64}$/.test(id)) this.#byId.set(`sha256:${id}`, found);
  }
}

function describe(id: string, text: string, errors: readonly GraphQLError[]): string {
  const name = /\b(?:query|mutation|subscription)\s+\w+/.exec(text)?.[0];
  return `  ${name ? `${name} (id ${id})` : `id ${id}`}: ${errors.map(describeError).join(' ')}`;
}

function describeError({ message, source, positions }: GraphQLError): string {
  const position = positions?.[0];
  if (!source || position === undefined) return message;
  const { line, column } = getLocation(source, position);
  return `${message} (line ${line}, column ${column})`;
}

function list(problems: readonly string[], max: number): string {
  const count = problems.length === 1 ? '1 operation is' : `${problems.length} operations are`;
  const more = problems.length > max ? [`  … and ${problems.length - max} more`] : [];
  return [`${count} not valid with the schema of this version:`, ...problems.slice(0, max), ...more].join('\n');
}
