import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import * as fc from 'fast-check';
import {
  buildSchema,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { readAll } from '../support/documents.js';
import { startGateway, type TestGateway } from '../support/gateway.js';
import { randomDocument } from '../support/random-document.js';

interface Sent {
  readonly method: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One gateway that checks each document once and compiles each query at once, and one that does neither. */
async function startBoth(): Promise<{ fast: TestGateway; slow: TestGateway }> {
  const env = { MAX_UPSTREAM_CALLS: '40' };
  const fast = await startGateway({ discoveryMs: 0, hangMs: 5 }, env, {
    limits: { transport: { documents: { runsBeforeCompiling: 0 } } },
  });
  // With a plugin, each operation has its own engine, and is parsed and validated with the hooks of the plugin.
  const slow = await startGateway({ discoveryMs: 0, hangMs: 5 }, env, {
    plugins: [{}],
    limits: { transport: { documents: { runsBeforeCompiling: Number.MAX_SAFE_INTEGER } } },
  });
  return { fast, slow };
}

/** Sends a request as it is, and returns the status, the headers that matter and the body, without times. */
function send({ url }: TestGateway, { method, path = '/graphql', headers = {}, body }: Sent): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, headers: { 'x-request-id': 'fixed', ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { date: _date, 'content-length': _length, ...kept } = response.headers;
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode,
          headers: kept,
          body: text.replaceAll(/"(ms|startedMs|waitMs)":[\d.]+/g, '"$1":0'),
        });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (body: unknown, headers = {}): Sent => ({
  method: 'POST',
  headers: { ...JSON_TYPE, ...headers },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const get = (params: Record<string, string>, headers = {}, method = 'GET'): Sent => ({
  method,
  path: `/graphql?${new URLSearchParams(params)}`,
  headers,
});

const TOOL = 'query T($id: String!) { tool(projectId: "support-desk", toolId: $id) { toolId name status } }';
const REQUESTS: [string, Sent][] = [
  ['a query', post({ query: TOOL, variables: { id: 'zendesk' } })],
  ['a query that finds nothing', post({ query: TOOL, variables: { id: 'none' } })],
  ['a missing variable', post({ query: TOOL })],
  ['a variable of a wrong type', post({ query: TOOL, variables: { id: 7 } })],
  ['a variable that is not known', post({ query: TOOL, variables: { id: 'zendesk', more: 1 } })],
  ['an id that no path can have', post({ query: TOOL, variables: { id: '..' } })],
  ['a rejected credential', post({ query: TOOL, variables: { id: 'zendesk' } }, { authorization: 'Bearer expired' })],
  ['a forbidden caller', post({ query: TOOL, variables: { id: 'zendesk' } }, { authorization: 'Bearer forbidden' })],
  ['another scheme', post({ query: TOOL, variables: { id: 'zendesk' } }, { authorization: 'Basic x' })],
  ['a syntax error', post({ query: '{ tool(' })],
  ['a field that does not exist', post({ query: '{ nothing }' })],
  ['several operations', post({ query: 'query A { __typename } query B { a: __typename }', operationName: 'B' })],
  ['no operation of that name', post({ query: 'query A { __typename }', operationName: 'C' })],
  ['a batch', post([{ query: '{ __typename }' }])],
  ['no JSON', post('{')],
  ['JSON that is no object', post('7')],
  ['a form', { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'query={a}' }],
  ['bytes that are not UTF-8', { method: 'POST', headers: JSON_TYPE, body: '{"query":"\u00ff"}' }],
  ['a hash without a query', post({ extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } })],
  ['introspection', post({ query: '{ __schema { queryType { name } } __type(name: "Tool") { name } }' })],
  ['a name of a prototype', post({ query: '{ __proto__: __typename constructor: __typename then: __typename }' })],
  [
    '@skip and @include',
    post({ query: 'query($no: Boolean = false) { a: __typename @include(if: $no) b: __typename }' }),
  ],
  ['GET', get({ query: TOOL, variables: '{"id":"zendesk"}' })],
  ['HEAD', get({ query: TOOL, variables: '{"id":"zendesk"}' }, {}, 'HEAD')],
  ['a mutation by GET', get({ query: 'mutation { deleteTool(input: { id: "" }) { __typename } }' })],
  ['PUT', { method: 'PUT', headers: JSON_TYPE, body: '{}' }],
  ['the other media type', post({ query: '{ nothing }' }, { accept: 'application/graphql-response+json' })],
  ['an event stream of one result', post({ query: '{ __typename }' }, { accept: 'text/event-stream' })],
  ['nothing acceptable', post({ query: '{ __typename }' }, { accept: 'text/plain' })],
  [
    'too many upstream calls',
    post({
      query: `{ ${Array.from({ length: 50 }, (_, n) => `a${n}: project(projectId: "p${n}") { name }`).join(' ')} }`,
    }),
  ],
];

// Not `updatedAt`, which each probe changes.
const STORED =
  'name description imageUrl createdAt credentialScope credentialReferenceId headers headerNames capabilities isWorkApp config { url transport { type } }';
const WITH_ITS_TOOLS = `toolRelations { nodes { tool { ${STORED} } } edges { node { tool { toolId name } } } }`;
const TOOL_KEY = Buffer.from('Tool:default/support-desk/zendesk').toString('base64url');
const TOOL_QUERIES = [
  `{ tool(projectId: "support-desk", toolId: "zendesk") { ${STORED} } }`,
  `{ tool(projectId: "support-desk", toolId: "zendesk") { ...F relations { nodes { tool { toolId status ...F } } } } } fragment F on Tool { ${STORED} }`,
  `{ project(projectId: "support-desk") { tool(toolId: "zendesk") { ${STORED} } none: tool(toolId: "none") { name } } }`,
  `{ project(projectId: "support-desk") { tools { nodes { ${STORED} } edges { node { ${STORED} } } } } }`,
  `{ project(projectId: "support-desk") { tools(status: [HEALTHY]) { nodes { status ${STORED} } } } }`,
  `{ agent(projectId: "support-desk", agentId: "triage") { tools { nodes { ${STORED} } } } }`,
  `{ agent(projectId: "support-desk", agentId: "triage") { tools { nodes { status ${STORED} } } } }`,
  `{ agent(projectId: "support-desk", agentId: "triage") { ${WITH_ITS_TOOLS} subAgents { nodes { tools { nodes { ${STORED} } } } } } }`,
  `{ node(id: "${TOOL_KEY}") { ... on Tool { ${STORED} } } nodes(ids: ["${TOOL_KEY}"]) { ... on Tool { ${STORED} } } }`,
  `{ project(projectId: "support-desk") { credentialReferences { nodes { tools { ${STORED} } } } } }`,
  `{ project(projectId: "support-desk") { tools { nodes { userCredential { tool { ${STORED} } tools { ${STORED} } } description } } } }`,
];

function readSchema(): GraphQLSchema {
  return buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));
}

/** Each field, as `Type.name`, from which a query comes to a tool. */
function fieldsThatReturnTools(schema: GraphQLSchema): string[] {
  const fields = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .filter(({ name }) => !/(?:Payload|Event|Mutation|Subscription)$/.test(name))
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })));
  return fields
    .filter(({ field }) => /^(?:Tool|ToolConnection|Node)$/.test(getNamedType(field.type).name))
    .map(({ type, field }) => `${type.name}.${field.name}`);
}

describe('the fast path answers like the slow one', () => {
  test('to valid, invalid and hostile requests', async () => {
    const { fast, slow } = await startBoth();
    for (const [what, sent] of REQUESTS) {
      const expected = await send(slow, sent);
      // Twice: for a known document other code runs than for a new one.
      for (let n = 0; n < 2; n++) expect(await send(fast, sent), what).toEqual(expected);
    }
  });

  test('to the example operations', async () => {
    const { fast, slow } = await startBoth();
    // Each sandbox gives the voice tools other ids.
    const queries = readAll('schema/operations', '.graphql').filter((text) => /^query (?!Voice)/m.test(text));
    expect(queries.length).toBeGreaterThan(3);
    for (const query of queries) {
      const expected = await send(slow, post({ query }));
      for (let n = 0; n < 2; n++) expect(await send(fast, post({ query })), query).toEqual(expected);
    }
  });

  test('to the stored fields of a tool, whatever field returned it', async () => {
    const { fast, slow } = await startBoth();
    const schema = readSchema();
    const reached = new Set<string>();
    for (const query of TOOL_QUERIES) {
      const types = new TypeInfo(schema);
      const Field = () => void reached.add(`${types.getParentType()?.name}.${types.getFieldDef()?.name}`);
      visit(parse(query), visitWithTypeInfo(types, { Field }));
      const expected = (await send(slow, post({ query }))) as { body: string };
      expect(expected.body, query).toContain('"description":"');
      expect(await send(fast, post({ query })), query).toEqual(expected);
    }
    expect(fieldsThatReturnTools(schema).filter((field) => !reached.has(field))).toEqual([]);
  });

  test('to random documents', async () => {
    const { fast, slow } = await startBoth();
    const schema = readSchema();
    const values = {
      ID: ['"7"', JSON.stringify(Buffer.from('Tool:default/support-desk/zendesk').toString('base64url'))],
      String: ['"support-desk"', '"triage"', '"router"', '"zendesk"', '""'],
      Int: ['0', '1', '500', '-1'],
      Float: ['0.5'],
      Boolean: ['true', 'false'],
      JSON: ['1'],
      JSONObject: ['{}'],
    };
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const sent = post(randomDocument(g, schema, 'query', values));
        expect(await send(fast, sent), sent.body).toEqual(await send(slow, sent));
      }),
      { seed: 20261126, numRuns: 150, endOnFailure: true },
    );
  }, 60_000);
});
