import {
  type DocumentNode,
  GraphQLError,
  Lexer,
  NoSchemaIntrospectionCustomRule,
  type ParseOptions,
  parse,
  SingleFieldSubscriptionsRule,
  Source,
  TokenKind,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
  validate,
} from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import type { TransportLimits } from '../../limits.js';
import type { Engine } from '../engine.js';
import { badInput } from '../public-errors.js';
import { limitExceeded, type ShapeLimits } from './document-limits.js';
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

/** The bytes of heap that a document takes with its text. The estimate may be too high, but not too low. */
export function estimateBytes(document: DocumentNode, text = document.loc?.source.body ?? ''): number {
  let tokens = 0;
  for (let token = document.loc?.startToken; token; token = token.next ?? undefined) tokens += 1;
  return DOCUMENT_BYTES + 2 * text.length + TOKEN_BYTES * tokens;
}

/** Rules of graphql-js, and the rules that replace them. */
const REPLACED_RULES = new Map<ValidationRule, ValidationRule>([
  [ValuesOfCorrectTypeRule, LiteralsOfCorrectTypeRule],
  [SingleFieldSubscriptionsRule, SingleSubscriptionFieldRule],
]);

/**
 * Plugin: stops parsing at the limits of tokens and levels, replaces the rules of graphql-js that print values, and stops validation after
 * `maxErrors`.
 */
export function useDocumentRules({
  introspection,
  maxErrors,
  shape,
}: {
  readonly introspection: boolean;
  readonly maxErrors: number;
  readonly shape: ShapeLimits;
}): Plugin {
  return {
    onParse({ setParseFn }) {
      setParseFn((source, options) => parseWithin(shape, source, options));
    },
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

/** Parses a document. Throws LIMIT_EXCEEDED if it has too many tokens or levels, for which the parser has no errors of their own. */
function parseWithin(shape: ShapeLimits, text: string | Source, options?: ParseOptions): DocumentNode {
  try {
    return parse(text, { ...options, maxTokens: shape.tokens });
  } catch (error) {
    const { tokens, depth } = measureText(text, shape.tokens);
    if (tokens > shape.tokens) throw limitExceeded('tokens', shape.tokens, tokens);
    if (depth > shape.depth) throw limitExceeded('depth', shape.depth, depth);
    throw error;
  }
}

/** The tokens of a text that cannot be parsed, and its selection sets in each other: up to its first mistake, or to one token too many. */
function measureText(text: string | Source, maxTokens: number): { tokens: number; depth: number } {
  const lexer = new Lexer(typeof text === 'string' ? new Source(text) : text);
  const found = { tokens: 0, depth: 0 };
  let level = 0;
  let parentheses = 0;
  try {
    while (found.tokens <= maxTokens && lexer.advance().kind !== TokenKind.EOF) {
      found.tokens += 1;
      const { kind } = lexer.token;
      if (kind === TokenKind.PAREN_L) parentheses += 1;
      if (kind === TokenKind.PAREN_R) parentheses -= 1;
      // Braces in arguments are values.
      if (kind === TokenKind.BRACE_L && parentheses === 0) found.depth = Math.max(found.depth, ++level);
      if (kind === TokenKind.BRACE_R && parentheses === 0) level -= 1;
    }
  } catch {
    // Not a token: the parser's error says so.
  }
  return found;
}

/**
 * Returns the document, or its error: BAD_USER_INPUT for a syntax error, LIMIT_EXCEEDED for too many tokens or levels. Throws errors
 * that the client did not cause.
 */
export function parseDocument(engine: Engine, text: string): DocumentNode | { errors: readonly GraphQLError[] } {
  try {
    return engine.parse(text);
  } catch (error) {
    if (!(error instanceof GraphQLError)) return { errors: [asTooDeep(error)] };
    return { errors: [error.extensions.code === undefined ? asSyntaxError(error) : error] };
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

/** The parser and the rules are recursive. The stack is their limit for what `depth` does not count: values in each other. */
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
