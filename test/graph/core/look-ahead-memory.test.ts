import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { buildSchema, execute, parse } from 'graphql';
import { expect, test } from 'vitest';
import { selectedField } from '../../../src/graph/core/reads/look-ahead.js';
import { createExecute } from '../../../src/transport/execution/documents/compiled-queries.js';
import { TRANSPORT_LIMITS } from '../../../src/transport/limits.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const compiled = createExecute({ ...TRANSPORT_LIMITS.documents, runsBeforeCompiling: 0 });

test.each([
  ['graphql-js', execute],
  ['generated code', compiled],
])('what the look-ahead remembers of a document does not hold the variables of a request (%s)', async (_, run) => {
  const schema = buildSchema('type Query { node(names: [String]): Query text: String }');
  const variables: WeakRef<object>[] = [];
  const { node } = schema.getQueryType()?.getFields() ?? {};
  if (node) {
    node.resolve = (_source, _args, context, info) => {
      selectedField(context, info).needsOn('Query');
      variables.push(new WeakRef(info.variableValues));
      return {};
    };
  }
  const document = parse('query($names: [String]) { node(names: $names) { text } }');
  for (const names of [['a'], ['b']])
    await run({ schema, document, variableValues: { names }, contextValue: { selections: new Map() } });
  // A WeakRef holds its target until the end of the task in which it was created.
  await new Promise((resolve) => setTimeout(resolve, 10));
  collectGarbage();
  expect(variables.map((variable) => variable.deref())).toEqual([undefined, undefined]);
  // The document is still in use, and so is what is remembered of it.
  expect(document.definitions).toHaveLength(1);
  await run({ schema, document, variableValues: {}, contextValue: { selections: new Map() } });
});
