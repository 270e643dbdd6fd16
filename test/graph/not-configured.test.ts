import {
  type GraphQLField,
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.js';
import { createGateway } from '../../src/gateway.js';
import { schema } from '../../src/graph/index.js';
import { createLogger } from '../../src/log.js';
import { freePort } from '../support/scripted-upstream.js';

async function startWithout(env: Record<string, string>) {
  const config = loadConfig({ LOG_LEVEL: 'silent', ...env });
  const gateway = createGateway(config, createLogger('silent'));
  onTestFinished(() => gateway.close());
  const { url } = await gateway.listen('127.0.0.1', 0);
  return async (query: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream, application/json;q=0.5', ...headers },
      body: JSON.stringify({ query }),
    });
    const text = await answer.text();
    return JSON.parse(/^data: (.+)$/m.exec(text)?.[1] ?? text) as { errors: { extensions: { code: string } }[] };
  };
}

/** The worst literal that is valid for a type: empty texts, negative numbers, one member of a `@oneOf`. */
function literalOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return literalOf(type.ofType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) {
    const all = Object.values(type.getFields());
    const fields = type.isOneOf ? all.slice(0, 1) : all.filter(isRequiredInputField);
    return `{ ${fields.map(({ name, type: inner }) => `${name}: ${literalOf(inner)}`).join(' ')} }`;
  }
  return { Int: '-1', Boolean: 'true', JSONObject: '{}', JSON: '{}' }[type.name] ?? '""';
}

function operationOf(kind: string, field: GraphQLField<unknown, unknown>): string {
  const required = field.args.filter(isRequiredArgument).map(({ name, type }) => `${name}: ${literalOf(type)}`);
  const windows = field.args.some(({ name }) => name === 'first') ? ['first: -1'] : [];
  const args = [...required, ...windows];
  const type = isNonNullType(field.type) ? field.type.ofType : field.type;
  const selection = isLeafType(type) || isInterfaceType(type) ? '' : ' { __typename }';
  return `${kind} { ${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${selection} }`;
}

const operations = (['query', 'mutation', 'subscription'] as const).flatMap((kind) => {
  const type = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  };
  const fields = Object.values(type[kind]?.getFields() ?? {});
  // The upstream of `node` and `nodes` depends on the id.
  return fields
    .filter(({ name }) => !name.startsWith('node'))
    .map((field) => [field.name, operationOf(kind, field)] as const);
});

const isKatavens = (name: string) => /voice/i.test(name);

describe.each(operations)('%s', (name, operation) => {
  test('reports that its upstream is not configured before it checks its arguments', async () => {
    const other = isKatavens(name) ? 'INKEEP_URL' : 'KATAVEN_URL';
    const ask = await startWithout({ [other]: `http://127.0.0.1:${await freePort()}` });
    const { errors } = await ask(operation, { authorization: 'Bearer x' });
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UPSTREAM_NOT_CONFIGURED']);
  });

  test('reports that the caller has no credential before it checks its arguments', async () => {
    const own = isKatavens(name) ? 'KATAVEN_URL' : 'INKEEP_URL';
    const ask = await startWithout({ [own]: `http://127.0.0.1:${await freePort()}` });
    const { errors } = await ask(operation);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
  });
});
