import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import {
  buildSchema,
  type DocumentNode,
  defaultFieldResolver,
  type ExecutionResult,
  execute,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isObjectType,
  GraphQLError as PlainError,
  parse,
  print,
  validate,
  visit,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { countGeneratedFields, isCompilable } from '../../../../src/transport/execution/documents/compilable.js';
import { createExecute } from '../../../../src/transport/execution/documents/compiled-queries.js';
import { TRANSPORT_LIMITS } from '../../../../src/transport/limits.js';
import { randomDocument } from '../../../support/random-document.js';

const limits = { ...TRANSPORT_LIMITS.documents, runsBeforeCompiling: 0 };

/** The contract, with resolvers that return anything a resolver can: values, nulls, errors and promises of them. */
function createSchema() {
  const schema = buildSchema(readFileSync(new URL('../../../../schema/schema.graphql', import.meta.url), 'utf8'));
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (value: { __typename: string }) => value.__typename;
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) field.resolve = resolve;
  }
  return schema;
}

/** What a field returns depends only on its path, its arguments and the seed, and not on the executor. */
const resolve: GraphQLFieldResolver<unknown, { seed: number }> = (_source, args, { seed }, info) => {
  let path = '';
  for (let at: typeof info.path | undefined = info.path; at; at = at.prev) path = `${at.key}/${path}`;
  const random = generator(`${seed} ${path} ${JSON.stringify(Object.entries(args).sort())}`);
  const value = outcome(info.returnType, random, info.schema);
  // All values of a run are promises or none is: graphql-js leaves rejections unhandled if a sibling throws first.
  if (seed % 2 === 0) return value instanceof Error ? fail(value) : value;
  return value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
};

function fail(error: Error): never {
  throw error;
}

function outcome(
  type: GraphQLOutputType,
  random: (below: number) => number,
  schema: ReturnType<typeof buildSchema>,
): unknown {
  const kind = random(20);
  if (kind === 0) return null;
  if (kind === 1) return new Error('broken');
  if (kind === 2) return new PlainError('refused', { extensions: { code: 'FORBIDDEN', retryAfter: 3 } });
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    // Not null: graphql-js leaves the rejections of other items unhandled if one that must not be null is.
    return Array.from({ length: random(4) }, () => present(nullable.ofType, random, schema));
  }
  if (isEnumType(nullable)) return nullable.getValues()[random(nullable.getValues().length)]?.value;
  if (isLeafType(nullable))
    return nullable.name === 'Int' ? random(9) : nullable.name === 'Boolean' ? random(2) > 0 : `v${random(9)}`;
  const possible = isAbstractType(nullable) ? schema.getPossibleTypes(nullable) : [nullable];
  return { __typename: (possible[random(possible.length)] as { name: string }).name };
}

function present(...of: Parameters<typeof outcome>): unknown {
  const value = outcome(...of);
  return value === null || value instanceof Error ? present(...of) : value;
}

/** A small deterministic generator of numbers from 0 to `below` (excluded). */
function generator(text: string): (below: number) => number {
  let state = 2166136261;
  for (const char of text) state = Math.imul(state ^ char.charCodeAt(0), 16777619);
  return (below) => {
    state = Math.imul(state ^ (state >>> 15), 2246822507) + 1;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

/**
 * A result as a client would see it. The order of errors is not specified, and neither is whether fields are executed whose
 * parent has become null because of another error: of such errors only the place that is null counts.
 */
function shown(result: object): unknown {
  const { data, errors }: ExecutionResult = result;
  const seen = (errors ?? []).map((error) => {
    const lost = nullAncestor(data, error.path ?? []);
    return lost === undefined ? JSON.stringify(error.toJSON()) : `null at ${lost}`;
  });
  return { data: JSON.stringify(data), errors: [...new Set(seen)].sort() };
}

/** The place of the first null above the end of a path; undefined if there is none. */
function nullAncestor(data: unknown, path: readonly (string | number)[]): string | undefined {
  let value = data as Record<string | number, unknown> | null | undefined;
  for (const [depth, key] of path.entries()) {
    if (value === null || value === undefined) return path.slice(0, depth).join('/');
    value = value[key] as typeof value;
  }
  return undefined;
}

const { FUZZ_SEED = '20261126', FUZZ_RUNS = '300' } = process.env;

/** Directives and default values keep most random documents from being compiled. The result may be invalid without them. */
function withoutDirectives(document: DocumentNode): DocumentNode {
  const text = print(
    visit(document, {
      Directive: () => null,
      VariableDefinition: ({ defaultValue: _, ...node }) => ({ ...node, defaultValue: undefined }),
    }),
  );
  return parse(text);
}

/** To try other documents: `FUZZ_SEED=1 FUZZ_RUNS=5000 npx vitest run test/transport/execution/documents/compiled-queries.test.ts`. */
test('generated code answers like graphql-js', async () => {
  const schema = createSchema();
  const executeCompiled = createExecute(limits);
  const values = {
    ID: ['"a"', '7'],
    String: ['"a"', '""'],
    Int: ['0', '3'],
    Float: ['0.5'],
    Boolean: ['true', 'false'],
    JSON: ['1', '[]'],
    JSONObject: ['{}'],
  };
  let compiled = 0;
  await fc.assert(
    fc.asyncProperty(fc.gen(), fc.nat(1000), async (g, seed) => {
      const { query, variables } = randomDocument(g, schema, 'query', values);
      const given = parse(query);
      const simple = withoutDirectives(given);
      const document = validate(schema, simple).length === 0 ? simple : given;
      const args = { schema, document, contextValue: { seed }, variableValues: variables as never };
      if (isCompilable(schema, args.document)) compiled += 1;
      expect(shown(await executeCompiled(args)), query).toEqual(shown(await execute(args)));
    }),
    { seed: Number(FUZZ_SEED), numRuns: Number(FUZZ_RUNS), endOnFailure: true },
  );
  expect(compiled).toBeGreaterThan(Number(FUZZ_RUNS) / 30);
});

describe('documents that graphql-jit may answer differently are executed by graphql-js', () => {
  const schema = buildSchema(`
    input Filter { a: String b: String }
    type Query { list(filter: Filter, first: Int = 3, names: [String]): String node(id: ID!): Query text: String }
    type Mutation { rename: String }
  `);

  test.each([
    ['a mutation', 'mutation { rename }'],
    ['several operations', 'query A { text } query B { text }'],
    ['@include', 'query($yes: Boolean!) { text @include(if: $yes) }'],
    ['@skip on a fragment', '{ ...F @skip(if: true) } fragment F on Query { text }'],
    [
      'a variable in an input object, which it would turn from absent into null',
      'query($a: String) { list(filter: { a: $a }) }',
    ],
    ['a variable of an input type', 'query($filter: Filter) { list(filter: $filter) }'],
    ['a variable with a default value', 'query($first: Int = 2) { list(first: $first) }'],
    ['introspection', '{ __schema { types { name } } }'],
    ['an alias that is a prototype', '{ __proto__: text }'],
    ['a variable that is a prototype', 'query($__proto__: ID!) { node(id: $__proto__) { text } }'],
  ])('%s', (_what, text) => {
    expect(isCompilable(schema, parse(text))).toBe(false);
  });

  test.each([
    ['a query', '{ text }'],
    [
      'variables',
      'query($id: ID!, $first: Int, $names: [String]) { node(id: $id) { list(first: $first, names: $names) } }',
    ],
    [
      'fragments',
      '{ ...F } fragment F on Query { __typename node(id: 1) { ... on Query { then: text constructor: text } } }',
    ],
  ])('but not %s', (_what, text) => {
    expect(isCompilable(schema, parse(text))).toBe(true);
  });
});

test('a document that is short and selects billions of fields is not compiled', async () => {
  const schema = buildSchema(
    'type Query { text: String next: Query node: Node } interface Node { id: ID } type A implements Node { id: ID } type B implements Node { id: ID }',
  );
  const levels = Array.from(
    { length: 40 },
    (_, n) => `fragment F${n} on Query { a: next { ...F${n + 1} } b: next { ...F${n + 1} } }`,
  );
  const document = parse(`{ ...F0 } ${levels.join(' ')} fragment F40 on Query { text }`);
  expect(await createExecute(limits)({ schema, document })).toEqual({ data: { a: null, b: null } });
  expect(countGeneratedFields(schema, document)).toBeGreaterThan(2 ** 40);
  expect(countGeneratedFields(schema, parse('{ next { ...F ...F } } fragment F on Query { text node { id } }'))).toBe(
    9,
  );
});

test('an absent variable stays absent, and one that is null stays null', async () => {
  const schema = buildSchema('type Query { given(first: Int, names: [String] = ["x"]): String }');
  const [field] = Object.values(schema.getQueryType()?.getFields() ?? {});
  if (field) field.resolve = (_source, args) => JSON.stringify(Object.entries(args).sort());
  const document = parse('query($first: Int, $names: [String]) { given(first: $first, names: $names) }');
  const run = createExecute(limits);
  for (const variableValues of [{}, { first: null }, { first: 1, names: null }, { names: ['a', null] }]) {
    const args = { schema, document, variableValues };
    expect(shown(await run(args))).toEqual(shown(await execute(args)));
  }
});

test('a document is compiled after three executions', async () => {
  const schema = buildSchema('type Query { hello: String }');
  const executors = new Set<unknown>();
  const [field] = Object.values(schema.getQueryType()?.getFields() ?? {});
  if (field) {
    field.resolve = (...args) => {
      executors.add(new Error('').stack?.includes('graphql-jit'));
      return defaultFieldResolver(...args);
    };
  }
  const run = createExecute({ ...limits, runsBeforeCompiling: 3 });
  const document = parse('{ hello }');
  for (let n = 0; n < 3; n++) await run({ schema, document });
  expect([...executors]).toEqual([false]);
  await run({ schema, document });
  expect([...executors]).toEqual([false, true]);
});

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

test('generated code takes no more memory than it may', async () => {
  const schema = buildSchema('type Query { text: String next: Query }');
  const maxCompiledBytes = 4 * 1024 * 1024;
  const documents = Array.from({ length: 400 }, (_, n) => parse(`{ a${n}: next { next { text next { text } } } }`));
  const run = createExecute({ ...limits, maxCompiledBytes });
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (const document of documents) await run({ schema, document });
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(maxCompiledBytes * 1.2);
});

test('documents of generated code take no more memory than they may, however long their text is', async () => {
  const schema = buildSchema('type Query { text: String }');
  const maxCompiledBytes = 8 * 1024 * 1024;
  const run = createExecute({ ...limits, maxCompiledBytes });
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 60; n++) {
    // As it comes from the network: of one piece.
    await run({ schema, document: parse(Buffer.from(`{ a${n}: text } # ${'x'.repeat(1_000_000)}`).toString()) });
  }
  collectGarbage();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(maxCompiledBytes * 1.2);
});
