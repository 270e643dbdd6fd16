import type { GeneratorValue } from 'fast-check';
import * as fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLEnumType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isUnionType,
} from 'graphql';

/** Names that objects of JavaScript have anyway, and that a client may give to anything. */
const NAMES = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__', 'name', 'then', 'toJSON', 'length'];
const DEPTH = 4;

/** What is put where a value of this scalar belongs, as GraphQL text; valid JSON too, but for JSON itself. */
export type Values = Readonly<Record<string, readonly string[]>>;

export interface RandomDocument {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A valid operation: any fields, aliases, fragments, directives, variables with and without values, nulls. */
export function randomDocument(
  g: GeneratorValue,
  schema: GraphQLSchema,
  operation: 'query' | 'mutation',
  values: Values,
): RandomDocument {
  return new Writer(g, schema, values).write(operation);
}

class Writer {
  readonly #g: GeneratorValue;
  readonly #schema: GraphQLSchema;
  readonly #values: Values;
  readonly #definitions: string[] = [];
  readonly #fragments: string[] = [];
  readonly #variables: Record<string, unknown> = Object.create(null);

  constructor(g: GeneratorValue, schema: GraphQLSchema, values: Values) {
    this.#g = g;
    this.#schema = schema;
    this.#values = values;
  }

  write(operation: 'query' | 'mutation'): RandomDocument {
    const root = operation === 'query' ? this.#schema.getQueryType() : this.#schema.getMutationType();
    if (!root) throw new TypeError(`the schema has no ${operation}`);
    const selection = this.#selection(root, DEPTH, new Set());
    const definitions = this.#definitions.length > 0 ? `(${this.#definitions.join(', ')})` : '';
    const query = `${operation} ${this.#pick(NAMES)}${definitions} ${selection} ${this.#fragments.join(' ')}`;
    // Not spread: that would set the prototype.
    return { query, variables: this.#variables };
  }

  #pick<Value>(from: readonly Value[]): Value {
    return from[this.#g(fc.integer, { min: 0, max: from.length - 1 })] as Value;
  }

  #chance(percent: number): boolean {
    return this.#g(fc.integer, { min: 1, max: 100 }) > 100 - percent;
  }

  /** `taken`: response keys of the selection set that this one is merged with. */
  #selection(type: GraphQLCompositeType, depth: number, taken: Set<string>): string {
    const count = this.#g(fc.integer, { min: 1, max: 4 });
    const parts = Array.from({ length: count }, () => this.#part(type, depth, taken));
    // The same once more, which is merged.
    if (this.#chance(20)) parts.push(parts[0] ?? '');
    return `{ ${this.#key('__typename', taken)} ${parts.join(' ')} }`;
  }

  #part(type: GraphQLCompositeType, depth: number, taken: Set<string>): string {
    if (isUnionType(type) || this.#chance(15)) return this.#fragment(type, depth, taken);
    const fields = Object.values(type.getFields()).filter((field) => depth > 0 || !isCompositeType(named(field)));
    if (fields.length === 0) return this.#key('__typename', taken);
    return this.#field(this.#pick(fields), depth, taken);
  }

  #fragment(type: GraphQLCompositeType, depth: number, taken: Set<string>): string {
    const on =
      this.#chance(50) && !isUnionType(type)
        ? type
        : this.#pick(isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type]);
    const selection = this.#selection(on, Math.max(0, depth - 1), taken);
    if (this.#chance(50))
      return `...${this.#chance(70) || on !== type ? ` on ${on.name}` : ''}${this.#directives()} ${selection}`;
    const name = `${this.#pick(NAMES)}${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${on.name} ${selection}`);
    return `...${name}${this.#directives()}`;
  }

  #field(field: GraphQLField<unknown, unknown>, depth: number, taken: Set<string>): string {
    const type = named(field);
    const key = this.#key(field.name, taken);
    const selection = isCompositeType(type) ? this.#selection(type, depth - 1, new Set()) : '';
    return `${key}${this.#args(field.args)}${this.#directives()} ${selection}`;
  }

  /** `alias: name`, the alias being free in this selection set. */
  #key(name: string, taken: Set<string>): string {
    const free = [...NAMES, name].filter((candidate) => !taken.has(candidate));
    const alias = this.#chance(60) && free.length > 0 ? this.#pick(free) : `a${taken.size}`;
    taken.add(alias);
    return alias === name ? name : `${alias}: ${name}`;
  }

  #directives(): string {
    if (!this.#chance(20)) return '';
    const value = this.#chance(50)
      ? this.#variable('Boolean', true, () => String(this.#chance(50)))
      : String(this.#chance(50));
    return ` @${this.#pick(['skip', 'include'])}(if: ${value})`;
  }

  #args(args: readonly GraphQLArgument[]): string {
    const given = args.filter((arg) => isNonNullType(arg.type) || this.#chance(40));
    return given.length === 0 ? '' : `(${given.map((arg) => `${arg.name}: ${this.#value(arg.type, 3)}`).join(', ')})`;
  }

  /** As a literal, or by a variable where the type has values that are the same in JSON. */
  #value(type: GraphQLInputType, depth: number): string {
    const isRequired = isNonNullType(type);
    const inner = withoutNull(type);
    if (!isRequired && this.#chance(15)) return 'null';
    const scalar = this.#values[String(inner)];
    if (scalar && this.#chance(50)) return this.#variable(String(inner), isRequired, () => this.#pick(scalar));
    return this.#literal(inner, depth);
  }

  #literal(type: GraphQLInputType, depth: number): string {
    if (isListType(type)) {
      // One item stands for a list of it, unless it is a variable.
      if (this.#chance(20)) return this.#literal(withoutNull(type.ofType), depth - 1);
      const length = this.#g(fc.integer, { min: 0, max: 3 });
      return `[${Array.from({ length }, () => this.#value(type.ofType, depth - 1)).join(', ')}]`;
    }
    if (isEnumType(type)) return this.#pick((type as GraphQLEnumType).getValues()).name;
    if (isInputObjectType(type)) return this.#inputObject(type, depth);
    return this.#pick(this.#values[String(type)] ?? ['null']);
  }

  #inputObject(type: GraphQLInputObjectType, depth: number): string {
    const all = Object.values(type.getFields());
    if (type.isOneOf) {
      const { name, type: only } = this.#pick(all);
      return `{ ${name}: ${this.#literal(only, depth - 1)} }`;
    }
    const given = all.filter(
      (field: GraphQLInputField) => isNonNullType(field.type) || (depth > 0 && this.#chance(30)),
    );
    return `{ ${given.map((field) => `${field.name}: ${this.#value(field.type, depth - 1)}`).join(', ')} }`;
  }

  /** A new variable. Required, or with a default, which lets a client give null where the argument takes none. */
  #variable(type: string, isRequired: boolean, text: () => string): string {
    const name = `${this.#pick(NAMES)}${this.#chance(70) ? this.#definitions.length : ''}`;
    if (name in this.#variables || this.#definitions.some((definition) => definition.startsWith(`$${name}:`))) {
      return text();
    }
    const hasDefault = this.#chance(30);
    const mustBeGiven = isRequired && !hasDefault;
    this.#definitions.push(`$${name}: ${type}${mustBeGiven ? '!' : ''}${hasDefault ? ` = ${text()}` : ''}`);
    if (mustBeGiven || this.#chance(60)) this.#variables[name] = JSON.parse(text());
    else if (this.#chance(40)) this.#variables[name] = null;
    return `$${name}`;
  }
}

function named(field: GraphQLField<unknown, unknown>) {
  return getNamedType(field.type);
}

function withoutNull(type: GraphQLInputType): GraphQLInputType {
  return isNonNullType(type) ? type.ofType : type;
}
