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
import type { Engine } from './engine.js';
import { LiteralsOfCorrectTypeRule } from './literals.js';
import { badInput } from './public-errors.js';
import { SingleSubscriptionFieldRule } from './root-fields.js';

const MAX_ERRORS = 20;
/** In bytes of heap. Clients send few documents often; a flood of distinct ones must not fill the memory. */
export const MAX_CACHE_BYTES = 64 * 1024 * 1024;
const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024;

/** Measured on Node 20 (`test/transport/execution/document-cache.test.ts`): at most 480 bytes for a token with the nodes it makes. */
const TOKEN_BYTES = 480;
/** For what even the shortest document has: its source, its key in the cache, the result of its validation. */
const DOCUMENT_BYTES = 2_000;

/**
 * Where Yoga keeps parsed documents by their text; never anything of a request. Bounded by what they weigh, which is up to 240
 * times their text. The reason why one does not parse is not kept: it is found as fast as the document was read.
 */
export function createDocumentCaches() {
  return {
    documentCache: new LRUCache<string, DocumentNode>({
      maxSize: MAX_CACHE_BYTES,
      maxEntrySize: MAX_DOCUMENT_BYTES,
      sizeCalculation: weigh,
    }),
    errorCache: { get: () => undefined, set: () => undefined },
  };
}

/** The bytes of heap that a document takes, rather too many than too few. */
function weigh(document: DocumentNode, text: string): number {
  let tokens = 0;
  for (let token = document.loc?.startToken; token; token = token.next ?? undefined) tokens += 1;
  return DOCUMENT_BYTES + 2 * text.length + TOKEN_BYTES * tokens;
}

/** Rules of graphql-js, and what stands in for them. */
const OWN_RULES = new Map<ValidationRule, ValidationRule>([
  [ValuesOfCorrectTypeRule, LiteralsOfCorrectTypeRule],
  [SingleFieldSubscriptionsRule, SingleSubscriptionFieldRule],
]);

/** Plugin: our rules instead of those of graphql-js that print values, and an end to counting errors. */
export function useDocumentRules({ introspection }: { readonly introspection: boolean }): Plugin {
  return {
    onValidate({ addValidationRule, setValidationFn }) {
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule);
      setValidationFn((schema, document, rules) =>
        validate(
          schema,
          document,
          rules?.map((rule: ValidationRule) => OWN_RULES.get(rule) ?? rule),
          { maxErrors: MAX_ERRORS },
        ),
      );
    },
  };
}

/** The document, or why it is none. Throws what is no fault of the client. */
export function parseDocument(engine: Engine, text: string): DocumentNode | { errors: readonly GraphQLError[] } {
  try {
    return engine.parse(text);
  } catch (error) {
    return { errors: [error instanceof GraphQLError ? asSyntaxError(error) : asTooDeep(error)] };
  }
}

/** What the rules found in a document; empty for a valid one. Throws what is no fault of the client. */
export function validateDocument(engine: Engine, document: DocumentNode): readonly GraphQLError[] {
  try {
    const errors: readonly GraphQLError[] = engine.validate(engine.schema, document);
    return errors.map((error) => badInput(error.message, { nodes: error.nodes }));
  } catch (error) {
    return [asTooDeep(error)];
  }
}

/** Parser and rules are recursive, and the stack is their only limit. */
function asTooDeep(error: unknown): GraphQLError {
  if (error instanceof RangeError) return badInput('The document is nested too deeply.');
  throw error;
}

/** The parser names the token it did not expect, with its text; of strings and numbers, which are values, only the kind is kept. */
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
