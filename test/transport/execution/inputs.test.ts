import fc from 'fast-check';
import { getVariableValues, Kind, type OperationDefinitionNode, parse } from 'graphql';
import { createSchema } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { findVariableProblems, readVariableTypes } from '../../../src/transport/execution/variables.js';
import { startTransport } from '../../support/transport.js';

const schema = createSchema({
  typeDefs: `
    scalar Telling
    enum Color { RED GREEN BLUE }
    input Pick @oneOf { name: String, number: Int }
    input Config { url: String!, headers: [Header!], color: Color, retries: Int = 3, ratio: Float, on: Boolean }
    input Header { name: ID!, value: String! }
    input Input { config: Config!, matrix: [[Int!]!], pick: Pick, telling: Telling, again: Input }
    type Query {
      take(input: Input, id: ID, n: Int, ratio: Float, on: Boolean, text: String, color: Color, list: [Int!], pick: Pick, telling: Telling): String
      need(text: String!): String
    }
  `,
  resolvers: {
    Query: { take: () => 'taken', need: () => 'taken' },
    Telling: {
      __parseValue: (value: unknown) => {
        throw new Error(`cannot read ${JSON.stringify(value)}`);
      },
    },
  },
});

describe('variables', () => {
  const operation = 'query($input: Input, $n: Int) { take(input: $input, n: $n) }';

  test.each([
    [
      'a missing object field',
      { input: {} },
      'Variable "$input": Field "config" of required type "Config!" was not provided.',
    ],
    [
      'null where there must be a value',
      { input: { config: { url: null } } },
      'Variable "$input" at "config.url": expected a value of type String!, got null.',
    ],
    [
      'a number for a string',
      { input: { config: { url: 7 } } },
      'Variable "$input" at "config.url": expected a value of type String!, got number.',
    ],
    ['a string for a number', { n: '7' }, 'Variable "$n": expected a value of type Int, got string.'],
    ['a fraction for an integer', { n: 1.5 }, 'Variable "$n": expected a value of type Int, got number.'],
    [
      'an integer that is out of range',
      { n: 2147483648 },
      'Variable "$n": expected a value of type Int (from -2147483648 to 2147483647), got number.',
    ],
    ['a list for an object', { input: [{}] }, 'Variable "$input": expected a value of type Input, got list.'],
    [
      'an object for a string',
      { input: { config: { url: {} } } },
      'Variable "$input" at "config.url": expected a value of type String!, got object.',
    ],
    [
      'a string for an object',
      { input: { config: 'x' } },
      'Variable "$input" at "config": expected a value of type Config!, got string.',
    ],
    [
      'a wrong item of a list',
      {
        input: {
          config: {
            url: '',
            headers: [
              { name: 'a', value: '' },
              { name: true, value: '' },
            ],
          },
        },
      },
      'Variable "$input" at "config.headers[1].name": expected a value of type ID!, got boolean.',
    ],
    [
      'a single value for a list',
      { input: { config: { url: '', headers: { name: 'a' } } } },
      'Variable "$input" at "config.headers": Field "value" of required type "String!" was not provided.',
    ],
    [
      'a wrong item of a list of lists',
      { input: { config: { url: '' }, matrix: [[1], [2, null]] } },
      'Variable "$input" at "matrix[1][1]": expected a value of type Int!, got null.',
    ],
    [
      'an unknown enum value',
      { input: { config: { url: '', color: 'PINK' } } },
      'Variable "$input" at "config.color": expected a value of type Color (RED, GREEN, BLUE), got string.',
    ],
    [
      'a misspelt field',
      { input: { config: { url: '', heders: [] } } },
      'Variable "$input" at "config": Field "heders" is not defined by type "Config". Did you mean "headers"?',
    ],
    [
      'two fields where one is taken',
      { input: { config: { url: '' }, pick: { name: 'a', number: 1 } } },
      'Variable "$input" at "pick": Exactly one key must be specified for OneOf type "Pick". It takes exactly one of name, number.',
    ],
    [
      'no value in the one field',
      { input: { config: { url: '' }, pick: { name: null } } },
      'Variable "$input" at "pick.name": must not be null.',
    ],
    [
      'a scalar that tells too much',
      { input: { config: { url: '' }, telling: 'x' } },
      'Variable "$input" at "telling": expected a value of type Telling, got string.',
    ],
  ])('%s is named by place, type and kind', async (_, variables, message) => {
    const { query } = await startTransport(schema);
    const { errors } = await query({ query: operation, variables });
    expect(errors?.map((error) => error.message)).toEqual([message]);
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });

  test('a required one that is missing is named', async () => {
    const { query } = await startTransport(schema);
    const { errors } = await query({ query: 'query($text: String!) { need(text: $text) }' });
    expect(errors).toEqual([
      {
        message: 'Variable "$text" of type String! is required and was not provided.',
        locations: [{ line: 1, column: 7 }],
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });

  test('with a default may be missing, and others may be too many', async () => {
    const { query } = await startTransport(schema);
    const answer = await query({ query: 'query($text: String! = "x") { need(text: $text) }', variables: { other: 1 } });
    expect(answer).toEqual({ data: { need: 'taken' } });
  });

  test('all problems are reported at once', async () => {
    const { query } = await startTransport(schema);
    const { errors } = await query({
      query: operation,
      variables: { n: true, input: { config: { retries: 'x', on: 1 } } },
    });
    expect(errors?.map((error) => error.message)).toEqual([
      'Variable "$input" at "config": Field "url" of required type "String!" was not provided.',
      'Variable "$input" at "config.retries": expected a value of type Int, got string.',
      'Variable "$input" at "config.on": expected a value of type Boolean, got number.',
      'Variable "$n": expected a value of type Int, got boolean.',
    ]);
  });

  test('twenty problems of a hundred thousand are enough', async () => {
    const { query } = await startTransport(schema);
    const list = Array.from({ length: 100_000 }, () => 'x');
    const { errors } = await query({ query: 'query($list: [Int!]) { take(list: $list) }', variables: { list } });
    expect(errors).toHaveLength(20);
  });

  test('the name of an unknown field is not repeated without end', async () => {
    const { query } = await startTransport(schema);
    const { errors } = await query({
      query: operation,
      variables: { input: { config: { url: '', ['x'.repeat(100_000)]: 1 } } },
    });
    expect(errors?.[0]?.message.length).toBeLessThan(400);
  });

  test('are refused with status 400 for clients that know it', async () => {
    const { post } = await startTransport(schema);
    const body = { query: operation, variables: { n: 'x' } };
    expect((await post(body, { accept: 'application/graphql-response+json' })).status).toBe(400);
    expect((await post(body, { accept: 'application/json' })).status).toBe(200);
  });

  test('a null that a default hides from validation is found in execution, and the literal beside it stays untold', async () => {
    const { query } = await startTransport(schema);
    const { errors } = await query({
      query:
        'query($url: String = "x") { take(input: { config: { url: $url, headers: [{ name: "hunter2", value: "" }] } }) }',
      variables: { url: null },
    });
    expect(errors).toEqual([
      {
        message: 'The value of this argument is not valid with the value given for "$url".',
        locations: [{ line: 1, column: 41 }],
        path: ['take'],
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });
});

describe('literals', () => {
  test.each([
    ['text: 7', 'Expected a value of type String, found an integer.'],
    ['n: "x"', 'Expected a value of type Int, found a string.'],
    ['n: 1.5', 'Expected a value of type Int, found a number.'],
    ['n: 99999999999', 'Expected a value of type Int (from -2147483648 to 2147483647), found an integer.'],
    ['on: RED', 'Expected a value of type Boolean, found a name.'],
    ['color: PINK', 'Expected a value of type Color (RED, GREEN, BLUE), found a name.'],
    ['color: "RED"', 'Expected a value of type Color (RED, GREEN, BLUE), found a string.'],
    ['text: ["a"]', 'Expected a value of type String, found a list.'],
    ['text: { a: "b" }', 'Expected a value of type String, found an object.'],
    ['list: [1, null]', 'Expected a value of type Int!, found null.'],
    ['input: "x"', 'Expected a value of type Input, found a string.'],
    ['telling: "x"', 'Expected a value of type Telling, found a string.'],
    ['input: { config: {} }', 'Field "Config.url" of required type "String!" was not provided.'],
    [
      'input: { config: { url: "", heders: 1 } }',
      'Field "heders" is not defined by type "Config". Did you mean "headers"?',
    ],
    ['pick: { name: "a", number: 1 }', 'OneOf Input Object "Pick" must specify exactly one key.'],
  ])('%s is answered by kind and type', async (literal, message) => {
    const { query } = await startTransport(schema);
    const { errors } = await query({ query: `{ take(${literal}) }` });
    expect(errors?.map((error) => error.message)).toEqual([message]);
    expect(errors?.[0]?.locations).toHaveLength(1);
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' });
  });
});

const SECRET = 'hunter2';
const SECRET_NUMBER = 4815162342;

const secretText = fc.constantFrom(SECRET, `x ${SECRET} y`, `${SECRET}"\\`, `line\n${SECRET}`);
const fieldName = fc.constantFrom(
  'config',
  'url',
  'headers',
  'name',
  'value',
  'color',
  'retries',
  'matrix',
  'pick',
  'number',
  'telling',
  'again',
  'other',
);

/** JSON in the shape of the schema as often as not, with the secret in every string and number. */
const { value: secretValue } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    secretText,
    fc.constant(SECRET_NUMBER),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fieldName, tie('value'), { maxKeys: 4 }),
    fc.record({ config: fc.record({ url: tie('value'), headers: tie('value') }) }),
  ),
}));

const argument = fc.constantFrom(
  'input: Input',
  'id: Int',
  'n: Int',
  'ratio: Boolean',
  'text: Int',
  'color: Color',
  'list: [Int!]',
  'pick: Pick',
  'telling: Telling',
);

/** A value as it is written in a document. Strings that look like names become names. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([name, field]) => `${name}: ${literal(field)}`)
      .join(', ')} }`;
  }
  return JSON.stringify(value);
}

describe('a secret', () => {
  test('in variables is never in an answer', async () => {
    const { post } = await startTransport(schema);
    await fc.assert(
      fc.asyncProperty(argument, secretValue, async (declaration, value) => {
        const [name, type] = declaration.split(': ');
        const query = `query($value: ${type}) { take(${name}: $value) }`;
        const text = await (await post({ query, variables: { value } })).text();
        expect(text).not.toContain(SECRET);
        expect(text).not.toContain(String(SECRET_NUMBER));
      }),
      { numRuns: 300 },
    );
  });

  test('in a literal is never in an answer', async () => {
    const { post } = await startTransport(schema);
    await fc.assert(
      fc.asyncProperty(argument, secretValue, async (declaration, value) => {
        const [name] = declaration.split(': ');
        const text = await (await post({ query: `{ take(${name}: ${literal(value)}) }` })).text();
        expect(text).not.toContain(SECRET);
        expect(text).not.toContain(String(SECRET_NUMBER));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    `{ take(text: "a" "${SECRET}") }`,
    `{ take(text: """${SECRET}""" """${SECRET}""") }`,
    `{ take(n: 1 ${SECRET_NUMBER}) }`,
    `{ take(n: ${SECRET_NUMBER}.${SECRET_NUMBER} ${SECRET_NUMBER}.${SECRET_NUMBER}) }`,
    `{ take(text: "${SECRET}`,
    `{ take(text: "\\u{${SECRET}}") }`,
    `{ take(text: "\\${SECRET}") }`,
    `"${SECRET}"`,
    `{ take(text: "a", "${SECRET}": 1) }`,
    `{ take(n: ${SECRET_NUMBER}${SECRET}) }`,
    `{ take(text: \u0007"${SECRET}") }`,
  ])('beside a syntax error is never in an answer: %s', async (query) => {
    const { post } = await startTransport(schema);
    const text = await (await post({ query })).text();
    expect(text).toContain('Syntax Error');
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(String(SECRET_NUMBER));
  });
});

test('finds a problem exactly where graphql-js finds one', () => {
  fc.assert(
    fc.property(argument, secretValue, (declaration, value) => {
      const [name, type] = declaration.split(': ');
      const [operation] = parse(`query($value: ${type}) { take(${name}: $value) }`).definitions as [
        OperationDefinitionNode,
      ];
      expect(operation.kind).toBe(Kind.OPERATION_DEFINITION);
      const reference = getVariableValues(schema, operation.variableDefinitions ?? [], { value });
      const problems = findVariableProblems(readVariableTypes(schema, operation), { value }, 20);
      expect(problems.length > 0).toBe(reference.errors !== undefined);
    }),
    { numRuns: 2000 },
  );
});
