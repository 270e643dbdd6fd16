import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson, stringifyJson } from '../../../src/exact-json.js';
import { startGateway } from '../../support/gateway.js';
import { AGENT, ATTACH, startRawKataven } from '../../support/raw-kataven.js';
import { connect } from '../../support/sockets.js';

/** What doubles, and objects of JavaScript, do not hold. */
const EXACT =
  '{"big":9007199254740993,"id":-9223372036854775807,"inf":1e400,"tiny":[1e-400],"long":0.1234567890123456789012345,"__proto__":{"a":1},"plain":[1,2.5,"1e400"]}';
/** The same in GraphQL. */
const EXACT_LITERAL = EXACT.replace(/"(\w+)":/g, '$1:');
const READ = '{ node(id: "$ID") { ... on VoiceAgentTool { config } } }'.replace(
  '$ID',
  Buffer.from('VoiceAgentTool:a1/t1').toString('base64url'),
);

test('numbers that no double holds, and `__proto__`, reach the upstream from variables as they were sent', async () => {
  const kataven = await startRawKataven();
  const answer = await kataven.send(ATTACH, `{"a":"${AGENT}","c":${EXACT}}`);
  expect(kataven.bodies).toEqual([`{"agent_id":"a1","tool_name":"t1","enabled":true,"config":${EXACT}}`]);
  expect(answer).toContain(`"agentTool":{"config":${EXACT}}`);
});

test('numbers that no double holds, and `__proto__`, reach the upstream from a literal as they were written', async () => {
  const kataven = await startRawKataven();
  const answer = await kataven.send(ATTACH.replace('config: $c', `config: ${EXACT_LITERAL}`), `{"a":"${AGENT}"}`);
  expect(answer).toContain('"errors"');
  const query = ATTACH.replace('config: $c', `config: ${EXACT_LITERAL}`).replace(', $c: JSONObject', '');
  expect(await kataven.send(query, `{"a":"${AGENT}"}`)).toContain(`"agentTool":{"config":${EXACT}}`);
  expect(kataven.bodies).toEqual([`{"agent_id":"a1","tool_name":"t1","enabled":true,"config":${EXACT}}`]);
});

test('numbers that no double holds, and `__proto__`, are answered as the upstream has them', async () => {
  const kataven = await startRawKataven(EXACT);
  expect(await kataven.send(READ)).toBe(`{"data":{"node":{"config":${EXACT}}}}`);
});

const digits = (max: number) => fc.stringMatching(new RegExp(`^(?:0|[1-9]\\d{0,${max}})$`));
const number = fc
  .tuple(
    fc.constantFrom('', '-'),
    digits(20),
    fc.option(fc.stringMatching(/^\.\d{1,20}$/), { nil: '' }),
    fc.option(fc.stringMatching(/^[eE][-+]?\d{1,3}$/), { nil: '' }),
  )
  .map((parts) => parts.join(''));

test('every number is written as the number that was read, wherever it stands in a text', () => {
  const strings = fc.constantFrom('x', '9e999', ',1234567890123456789');
  fc.assert(
    fc.property(number, strings, fc.constantFrom('', ' ', '\n'), (literal, string, space) => {
      for (const text of [`[${space}${literal}]`, `["${string}",${literal}]`, `{"a":"${string}","b":${literal}}`]) {
        const written = stringifyJson(parseJson(text));
        const start = text.lastIndexOf(literal) - space.length * Number(text.startsWith(`[${space}`));
        expect(decimal(written.slice(start).replace(/[\]}]$/, ''))).toBe(decimal(literal));
      }
    }),
    { numRuns: 2000 },
  );
});

/** A number as its sign, its digits without zeros at the ends, and their power of ten: the same for every way to write it. */
function decimal(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([-+]?\d+))?$/.exec(literal) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

test('a query by GET keeps the numbers of its variables', async () => {
  const kataven = await startRawKataven(EXACT);
  const query = 'query ($n: Int) { voiceTools(first: $n) { totalCount } }';
  const search = new URLSearchParams({ query, variables: '{"n":12345678901234567890}' });
  const response = await fetch(`${kataven.url}/graphql?${search}`);
  expect(await response.json()).toMatchObject({
    errors: [{ message: 'Variable "$n": expected a value of type Int, got number.' }],
  });
});

test('switching a row off does not rewrite the config that no one touched', async () => {
  const kataven = await startRawKataven(EXACT);
  await kataven.send(
    ATTACH.replace('config: $c', 'enabled: false').replace(', $c: JSONObject', ''),
    `{"a":"${AGENT}"}`,
  );
  expect(kataven.bodies).toEqual([`{"agent_id":"a1","tool_name":"t1","enabled":false,"config":${EXACT}}`]);
});

test('a config that differs only beyond the precision of a double is not said to be unchanged', async () => {
  const kataven = await startRawKataven('{"big":9007199254740992}');
  const answer = await kataven.send(ATTACH, `{"a":"${AGENT}","c":{"big":9007199254740993}}`);
  expect(answer).toContain('"outcome":"UPDATED"');
  expect(await kataven.send(ATTACH, `{"a":"${AGENT}","c":{"big":9007199254740992}}`)).toContain('"UNCHANGED"');
  expect(kataven.bodies).toHaveLength(1);
});

test('JSON is kept over WebSocket as it is over HTTP', async () => {
  const kataven = await startRawKataven(EXACT);
  const client = await connect(kataven.url, { params: { authorization: 'Bearer sk_live_1' } });
  const texts: string[] = [];
  client.socket.on('message', (data) => texts.push(String(data)));
  const payload = `{"query":${JSON.stringify(ATTACH)},"variables":{"a":"${AGENT}","c":{"big":9007199254740993}}}`;
  client.send(`{"id":"1","type":"subscribe","payload":${payload}}`);
  await client.next();
  expect(texts[0]).toContain('"config":{"big":9007199254740993}');
  expect(kataven.bodies[0]).toContain('"config":{"big":9007199254740993}');
});

test('the sandbox keeps JSON as well', async () => {
  const gateway = await startGateway({ story: false });
  const { inkeep } = gateway.sandbox;
  inkeep.addProject({ id: 'lab' });
  inkeep.addTool({ id: 'probe' });
  const id = Buffer.from('Tool:default/lab/probe').toString('base64url');
  const overrides = `[
    { toolName: "search", schema: ${EXACT_LITERAL} }, { toolName: "__proto__", transformation: { __proto__: "a" } }
  ]`;
  const update = `mutation {
    updateTool(input: { id: "${id}", config: { url: "https://a.example", toolOverrides: ${overrides} } }) {
      ... on UpdateToolPayload { tool { config { toolOverrides { toolName schema transformation } } } }
    }
  }`;
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: update }),
  });
  // Like the API it stands for, it has no function of the other name.
  const kept = `{"toolName":"search","schema":${EXACT},"transformation":null}`;
  expect(await response.text()).toContain(`{"toolOverrides":[${kept}]}`);
  const [request] = inkeep.requests;
  expect(stringifyJson(request?.body)).toContain(
    `"toolOverrides":{"search":{"schema":${EXACT}},"__proto__":{"transformation":{"__proto__":"a"}}}`,
  );
});

test.each([
  ['{ urgency: normal }', 'JSON at "urgency": expected a JSON value, found a name. Write texts in quotes.'],
  [
    '{ deep: ["one", { x: THREE }] }',
    'JSON at "deep.1.x": expected a JSON value, found a name. Write texts in quotes.',
  ],
])('a name without quotes in a JSON literal is refused with its place: %s', async (literal, message) => {
  const kataven = await startRawKataven();
  const query = ATTACH.replace('config: $c', `config: ${literal}`).replace(', $c: JSONObject', '');
  const answer = JSON.parse(await kataven.send(query, `{"a":"${AGENT}"}`));
  expect(answer).toMatchObject({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] });
  const column = (query.split('\n')[1] ?? '').search(/normal|THREE/) + 1;
  expect(answer.errors[0].locations).toEqual([{ line: 2, column }]);
  expect(kataven.requests).toHaveLength(0);
});

test('a variable inside a JSON literal is put in its place, and left out if it was not provided', async () => {
  const kataven = await startRawKataven();
  const query = ATTACH.replace('config: $c', 'config: { a: $c, b: [$d], c: $d, d: { e: $constructor } }').replace(
    '$c: JSONObject',
    '$c: JSONObject, $d: JSON, $constructor: JSON',
  );
  await kataven.send(query, `{"a":"${AGENT}","c":{"big":1e400}}`);
  expect(kataven.bodies[0]).toContain('"config":{"a":{"big":1e400},"b":[null],"d":{}}');
});

test.each([
  [
    'half of a surrogate pair',
    '{"a":["x\\ud800"]}',
    ['config', 'a', '0'],
    'A text cannot hold half of a surrogate pair.',
  ],
  [
    'a name with half of a surrogate pair',
    '{"a":{"\\udc00":1}}',
    ['config', 'a'],
    'The name of a member cannot hold half of a surrogate pair.',
  ],
  ['a name with U+0000', '{"a":{"x\\u0000":1}}', ['config', 'a'], 'The name of a member cannot hold U+0000.'],
])('%s is refused with its place before any call', async (_what, config, path, message) => {
  const kataven = await startRawKataven();
  const { data } = JSON.parse(await kataven.send(ATTACH, `{"a":"${AGENT}","c":${config}}`));
  expect(data.attachToolToVoiceAgent).toEqual({ issues: [{ path, message }] });
  expect(kataven.requests).toHaveLength(0);
});

test.each([
  ['the whole body', '12345678901234567890', 'The request body must be a JSON object with a string "query".'],
  ['the variables', '{"query":"{ __typename }","variables":1e400}', '"variables" must be a JSON object.'],
  ['the query', '{"query":1e400}', 'The request has no "query", or it is not a string.'],
])('a number that no double holds is no object: %s', async (_what, body, message) => {
  const gateway = await startGateway({ story: false });
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ errors: [{ message }] });
});
