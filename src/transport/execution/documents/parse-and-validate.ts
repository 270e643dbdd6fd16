import {
  type DocumentNode,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  SingleFieldSubscriptionsRule,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
  validate,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { TransportLimits } from '../../limits.js';
import type { Engine } from '../engine.js';
import { badInput } from '../public-errors.js';
import { LiteralsOfCorrectTypeRule } from './literals.js';
import { SingleSubscriptionFieldRule } from './root-fields.js';

/** The limits of documents. */
export type DocumentLimits = TransportLimits['documents'];

/** Measured on Node 20 (`test/transport/execution/documents/document-cache.test.ts`): a token and its nodes take at most 480 bytes. */
const TOKEN_BYTES = 480;
/** What even the shortest document needs: its source, its key in the cache, the result of its validation. */
const DOCUMENT_BYTES = 2_000;

type CacheLimits = Pick<DocumentLimits, 'maxCacheBytes' | 'maxCachedDocumentBytes'>;

/**
 * The caches in which Yoga keeps parsed documents by their text. They hold nothing of a request. The bound is an estimate of the
 * memory of the documents, which can be 240 times the size of their text. Syntax errors are not cached: parsing again is as fast
 * as reading the request.
 */
export function createDocumentCaches({ maxCacheBytes, maxCachedDocumentBytes }: CacheLimits) {
  return {
    documentCache: new LRUCache<string, DocumentNode>({
      maxSize: maxCacheBytes,
      maxEntrySize: maxCachedDocumentBytes,
      sizeCalculation: estimateBytes,
    }),
    errorCache: { get: () => undefined, set: () => undefined },
  };
}

/** The same caches with documents before them that are never evicted, whatever clients send. Entries may be added later. */
export function createPinnedCaches(limits: CacheLimits, pinned: ReadonlyMap<string, DocumentNode>) {
  const { documentCache: evictable, errorCache } = createDocumentCaches(limits);
  return {
    documentCache: {
      get: (text: string) => pinned.get(text) ?? evictable.get(text),
      set: (text: string, document: DocumentNode) => void evictable.set(text, document),
      delete: (text: string) => evictable.delete(text),
    },
    errorCache,
  };
}

/** The bytes of heap that a document takes. The estimate may be too high, but not too low. */
function estimateBytes(document: DocumentNode, text: string): number {
  let tokens = 0;
  for (let token = document.loc?.startToken; token; token = token.next ?? undefined) tokens += 1;
  return DOCUMENT_BYTES + 2 * text.length + TOKEN_BYTES * tokens;
}

/** Rules of graphql-js, and the rules that replace them. */
const REPLACED_RULES = new Map<ValidationRule, ValidationRule>([
  [ValuesOfCorrectTypeRule, LiteralsOfCorrectTypeRule],
  [SingleFieldSubscriptionsRule, SingleSubscriptionFieldRule],
]);

/** Plugin: replaces the rules of graphql-js that print values, and stops validation after `maxErrors`. */
export function useDocumentRules({
  introspection,
  maxErrors,
}: {
  readonly introspection: boolean;
  readonly maxErrors: number;
}): Plugin {
  return {
    onValidate({ addValidationRule, setValidationFn }) {
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
      setValidationFn((schema, document, rules) =>
        validate(
          schema,
          document,
          rules?.map((rule: ValidationRule) => REPLACED_RULES.get(rule) ?? rule),
          { maxErrors },
        ),
      );
    },
  };
}

/** Returns the document, or its syntax error with the code BAD_USER_INPUT. Throws errors that the client did not cause. */
export function parseDocument(engine: Engine, text: string): DocumentNode | { errors: readonly GraphQLError[] } {
  try {
    return engine.parse(text);
  } catch (error) {
    return { errors: [error instanceof GraphQLError ? asSyntaxError(error) : asTooDeep(error)] };
  }
}

/** Returns the validation errors, with the code BAD_USER_INPUT. Throws errors that the client did not cause. */
export function validateDocument(engine: Engine, document: DocumentNode): readonly GraphQLError[] {
  try {
    const errors: readonly GraphQLError[] = engine.validate(engine.schema, document);
    return errors.map((error) => badInput(error.message, { nodes: error.nodes }));
  } catch (error) {
    return [asTooDeep(error)];
  }
}

/** The parser and the rules are recursive, and the stack is their only limit. */
function asTooDeep(error: unknown): GraphQLError {
  if (error instanceof RangeError) return badInput('The document is nested too deeply.');
  throw error;
}

/** The parser's message contains the unexpected token. Strings and numbers are values, so only their kind is kept. */
function asSyntaxError(error: GraphQLError): GraphQLError {
  return new GraphQLError(withoutValues(error.message), {
    source: error.source ?? null,
    positions: error.positions ?? null,
    extensions: { code: 'BAD_USER_INPUT' },
  });
}

function withoutValues(message: string): string {
  return message
    .replace(/\b(BlockString|String|Int|Float) ".*"/s, '$1')
    .replace(/(escape sequence|but got): ".*"/s, '$1 something else');
}
