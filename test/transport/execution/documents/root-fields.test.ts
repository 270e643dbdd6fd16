import { createSchema } from 'graphql-yoga';
import { describe, expect, test } from 'vitest';
import { connect } from '../../../support/sockets.js';
import { startTransport } from '../../../support/transport.js';

const schema = createSchema({
  typeDefs: 'type Query { hello: String } type Subscription { ticks: Int tocks: Int }',
  resolvers: {
    Query: { hello: () => 'world' },
    Subscription: {
      ticks: {
        subscribe: async function* () {
          yield { ticks: 1 };
        },
      },
    },
  },
});

async function subscribe(query: string, variables?: Record<string, unknown>, operationName?: string) {
  const { post } = await startTransport(schema);
  const answer = await post({ query, variables, operationName }, { accept: 'text/event-stream' });
  const [, result = '{}'] = /^data: (.+)$/m.exec(await answer.text()) ?? [];
  return JSON.parse(result) as { data?: unknown; errors?: { message: string; extensions: { code: string } }[] };
}

describe('the root field of a subscription', () => {
  test.each([
    ['@include(if: true)', '', {}],
    ['@skip(if: false)', '', {}],
    ['@include(if: $v)', '($v: Boolean!)', { v: true }],
    ['@skip(if: $v)', '($v: Boolean!)', { v: false }],
    ['@include(if: $v)', '($v: Boolean! = true)', {}],
  ])('is subscribed to with %s%s %j', async (directive, definitions, variables) => {
    expect(await subscribe(`subscription ${definitions} { ticks ${directive} }`, variables)).toEqual({
      data: { ticks: 1 },
    });
  });

  test.each([
    ['@include(if: false)', '', {}],
    ['@skip(if: true)', '', {}],
    ['@include(if: $v)', '($v: Boolean!)', { v: false }],
    ['@skip(if: $v)', '($v: Boolean! = true)', {}],
  ])('is refused if excluded with %s%s %j', async (directive, definitions, variables) => {
    const { errors } = await subscribe(`subscription ${definitions} { ticks ${directive} }`, variables);
    expect(errors).toMatchObject([
      {
        message: 'This subscription selects no field: @skip or @include excludes it.',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });

  test('may be excluded by a fragment', async () => {
    const { errors } = await subscribe('subscription { ...F @skip(if: true) } fragment F on Subscription { ticks }');
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test.each([
    ['two fields', 'subscription { ticks tocks }', 'must select only one top level field'],
    ['two aliases', 'subscription S { a: ticks b: ticks }', 'Subscription "S" must select only one top level field'],
    ['a second one in a fragment', 'subscription { ticks ...F } fragment F on Subscription { tocks }', 'only one'],
    ['introspection', 'subscription { __typename }', 'must not select an introspection top level field'],
  ])('is refused with %s', async (_, query, message) => {
    const { errors } = await subscribe(query);
    expect(errors?.[0]?.message).toContain(message);
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  test('in a document of cyclic fragments is refused, not followed for ever', async () => {
    const { errors } = await subscribe('subscription { ...F } fragment F on Subscription { ticks ...F }');
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  test('does not keep a query in the same document from being answered', async () => {
    const document = 'query A { hello } subscription B($v: Boolean!) { ticks @include(if: $v) }';
    expect(await subscribe(document, {}, 'A')).toEqual({ data: { hello: 'world' } });
  });

  test('is found over a socket too, which stays open if there is none', async () => {
    const { url } = await startTransport(schema);
    const client = await connect(url, { params: {} });
    client.send({ type: 'subscribe', id: '1', payload: { query: 'subscription { ticks @skip(if: true) }' } });
    expect(await client.next()).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    client.send({ type: 'subscribe', id: '2', payload: { query: 'subscription { ticks @include(if: true) }' } });
    expect(await client.next()).toMatchObject({ type: 'next', payload: { data: { ticks: 1 } } });
  });
});
