import { readFileSync } from 'node:fs';
import {
  buildASTSchema,
  buildSchema,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  Kind,
  lexicographicSortSchema,
  parse,
  printType,
  visit,
} from 'graphql';
import { expect, test } from 'vitest';

const SERVED = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
const served = meaningOf(SERVED);
const contract = meaningOf(readFileSync(new URL('./contract.graphql', import.meta.url), 'utf8'));

/** Live status has its own contract. */
const LIVE = new Set(['Subscription', 'ToolStatusWatch', 'ToolStatusEvent', 'Freshness']);

/** A schema in a fixed order, without descriptions and `@specifiedBy`, which do not change its meaning. */
function meaningOf(sdl: string): GraphQLSchema {
  const bare = visit(parse(sdl), {
    enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
    leave: (node) => (node.kind === Kind.SCALAR_TYPE_DEFINITION ? { ...node, directives: [] } : undefined),
  });
  return lexicographicSortSchema(buildASTSchema(bare));
}

function typesOf(schema: GraphQLSchema): GraphQLNamedType[] {
  return Object.values(schema.getTypeMap()).filter(
    (type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type) && !LIVE.has(type.name),
  );
}

function printOf(schema: GraphQLSchema, name: string): string {
  const type = schema.getType(name);
  return type ? printType(type) : `no type ${name}`;
}

/** The parts of a type that need a description, by name. */
function* describedParts(type: GraphQLNamedType): Generator<[string, string | null | undefined]> {
  yield [type.name, type.description];
  if (isEnumType(type)) for (const value of type.getValues()) yield [`${type.name}.${value.name}`, value.description];
  if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) yield [`${type.name}.${field.name}`, field.description];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return;
  for (const field of Object.values(type.getFields())) {
    yield [`${type.name}.${field.name}`, field.description];
    for (const arg of field.args) yield [`${type.name}.${field.name}(${arg.name}:)`, arg.description];
  }
}

test('the schema has exactly the types of the contract', () => {
  const names = (schema: GraphQLSchema) =>
    typesOf(schema)
      .map(({ name }) => name)
      .sort();
  expect(names(served)).toEqual(names(contract));
});

test.each(typesOf(contract).map(({ name }) => name))('%s is as the contract defines it', (name) => {
  expect(printOf(served, name)).toBe(printOf(contract, name));
});

test('every type, field, argument, input field and enum value has a description', () => {
  const parts = typesOf(buildSchema(SERVED)).flatMap((type) => [...describedParts(type)]);
  const silent = parts.filter(([, description]) => !description?.trim()).map(([name]) => name);
  expect(silent).toEqual([]);
  expect(parts.length).toBeGreaterThan(300);
});
