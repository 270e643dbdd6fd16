import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  BREAK,
  type DocumentNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';

const schemas = new WeakMap<GraphQLSchema, GraphQLSchema>();

/**
 * The schema for generating code for a document: the given one or, if every object with fields of the extension `isMember` comes
 * with its row, one in which these fields have no resolver. Generated code reads a member without a closure, which makes lists of
 * tools cheaper (docs/decisions/0024). The extension `bringsRow` tells which fields return such objects with their rows, or
 * connections of them, if fields with the extension are selected.
 */
export function schemaForCode(schema: GraphQLSchema, document: DocumentNode): GraphQLSchema {
  if (!bringsRows(schema, document)) return schema;
  const known = schemas.get(schema);
  if (known) return known;
  const ofMembers = mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: ({ resolve, ...field }) => (field.extensions?.isMember ? field : { ...field, resolve }),
  });
  schemas.set(schema, ofMembers);
  return ofMembers;
}

function bringsRows(schema: GraphQLSchema, document: DocumentNode): boolean {
  const types = new TypeInfo(schema);
  let result = true;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field() {
        const parent = types.getParentType();
        const field = types.getFieldDef();
        // What a connection returns is what the field that returns it has brought.
        if (!parent || !field || /(?:Connection|Edge)$/.test(parent.name)) return undefined;
        if (field.extensions.bringsRow || !mayHaveMembers(schema, field)) return undefined;
        result = false;
        return BREAK;
      },
    }),
  );
  return result;
}

function mayHaveMembers(schema: GraphQLSchema, field: GraphQLField<unknown, unknown>): boolean {
  const { name } = getNamedType(field.type);
  const type = schema.getType(name.replace(/Connection$/, ''));
  return isAbstractType(type) ? schema.getPossibleTypes(type).some(hasMembers) : hasMembers(type);
}

function hasMembers(type: GraphQLNamedType | undefined): boolean {
  return isObjectType(type) && Object.values(type.getFields()).some((field) => field.extensions.isMember);
}
