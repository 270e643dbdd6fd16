import { expect, test } from 'vitest';
import type { UserErrorCode } from '../../schema/generated/graphql.js';
import { SETTINGS } from '../../src/config/load-config.js';
import type { ErrorCode } from '../../src/graph/core/errors/error-codes.js';
import { GRAPH_LIMITS, UPSTREAM_LIMITS } from '../../src/limits.js';
import { TRANSPORT_LIMITS } from '../../src/transport/limits.js';
import { read, table } from '../support/documents.js';
import { startGateway } from '../support/gateway.js';

test('docs/configuration.md has every setting with its default and meaning, in the order of --help', () => {
  const expected = SETTINGS.map(({ name, default: value, meaning }) => [name, value, meaning.replaceAll('`', '')]);
  expect(table('docs/configuration.md', 'Settings')).toEqual(expected);
});

test('.env.example has every setting with its meaning and default, in the same order', () => {
  const [, ...entries] = read('.env.example').trimEnd().split('\n\n');
  const expected = SETTINGS.map(({ name, default: value, meaning }) => {
    const [shown = ''] = /^(?!see )[^ -]+/.exec(value) ?? [];
    return `# ${meaning.replaceAll('`', '')}\n#${name}=${shown}`;
  });
  expect(entries).toEqual(expected);
});

test('docs/errors.md has every error code of the gateway, and no other', () => {
  // A record, so that the compiler requires a code that is added.
  const codes: Record<ErrorCode, true> = {
    BAD_USER_INPUT: true,
    UNAUTHENTICATED: true,
    FORBIDDEN: true,
    RATE_LIMITED: true,
    UPSTREAM_TIMEOUT: true,
    UPSTREAM_UNAVAILABLE: true,
    UPSTREAM_BAD_RESPONSE: true,
    UPSTREAM_NOT_CONFIGURED: true,
    UPSTREAM_BUDGET_EXCEEDED: true,
    LIMIT_EXCEEDED: true,
    PERSISTED_QUERY_NOT_FOUND: true,
    PERSISTED_QUERY_NOT_SUPPORTED: true,
    PERSISTED_QUERY_ONLY: true,
    INTERNAL_SERVER_ERROR: true,
  };
  const rows = table('docs/errors.md', 'Error codes');
  expect(rows.map(([code]) => code).sort()).toEqual(Object.keys(codes).sort());
  expect(rows.every(([, meaning, retry]) => meaning && retry)).toBe(true);
});

test('docs/errors.md has every code of a mutation error with its type', () => {
  const types: Record<UserErrorCode, string> = {
    INVALID_INPUT: 'InvalidInputError',
    NOT_FOUND: 'NotFoundError',
    CONFLICT: 'ConflictError',
    FORBIDDEN: 'ForbiddenError',
  };
  const rows = table('docs/errors.md', 'Mutation errors').map(([code, type]) => [code, type]);
  expect(Object.fromEntries(rows)).toEqual(types);
});

test('docs/operating.md has every path that is served', async () => {
  const { url } = await startGateway();
  const { errors } = await (await fetch(`${url}/nowhere`)).json();
  const served = String(errors[0].message).match(/\/\w+(\.\w+)?/g);
  expect(table('docs/operating.md', 'HTTP paths').map(([path]) => path)).toEqual(served);
});

test('docs/operating.md has every metric of the gateway, and no other', async () => {
  const { url } = await startGateway();
  const text = await (await fetch(`${url}/metrics`)).text();
  // prom-client decides which metrics a process has, and it depends on the platform.
  const names = [...text.matchAll(/^# HELP (\S+)/gm)].map(([, name = '']) =>
    name.replace(/^(process|nodejs)_.*/, '$1_*'),
  );
  const rows = table('docs/operating.md', 'Metrics');
  expect(rows.map(([name]) => name).sort()).toEqual([...new Set(names)].sort());
});

test('docs/costs.md has the limits of the code, and docs/configuration.md the time between pings', () => {
  const { http, live, documents, shape } = TRANSPORT_LIMITS;
  const { operationDeadlineMs, plainDeadlineMs, probeDeadlineMs, katavenMaxCalls, maxBodyBytes, parsedBodies } =
    UPSTREAM_LIMITS;
  const count = (number: number) => number.toLocaleString('en');
  const mib = (bytes: number) => `${bytes / 1024 ** 2} MiB`;
  const seconds = (ms: number) => `${ms / 1000} s`;
  expect(Object.fromEntries(table('docs/costs.md', 'Limits').map(([what, howMuch]) => [what, howMuch]))).toEqual({
    'request body': `${mib(http.maxBodyBytes)} of application/json in UTF-8, uncompressed; one operation`,
    'request line and headers': `${http.maxHeaderBytes / 1024} KiB together, 431 above it; send longer queries by POST`,
    'time for a request to arrive': `${seconds(http.requestMs)}, ${seconds(http.headersMs)} for its headers`,
    'time for an operation': `${seconds(operationDeadlineMs)}; for an upstream call ${seconds(plainDeadlineMs)}, or ${seconds(probeDeadlineMs)} if it probes an MCP server`,
    'upstream calls of an operation': 'MAX_UPSTREAM_CALLS, coalesced calls included',
    'concurrent Inkeep calls': 'INKEEP_MAX_CALLS, and INKEEP_MAX_PROBES that probe MCP servers; callers take turns',
    'concurrent Kataven calls': `${katavenMaxCalls}`,
    'Kataven calls of an account':
      'KATAVEN_CALLS_PER_MINUTE; further ones fail with RATE_LIMITED, and one caller leaves a quarter to the others',
    'rows of a list at once': `${GRAPH_LIMITS.maxPageSize}`,
    'upstream response': `${mib(maxBodyBytes)}, after decompression`,
    'answers kept parsed': `${mib(parsedBodies.maxBytes)}, ${parsedBodies.maxBodyBytes / 1024} KiB for one, and as much memory again for what they are parsed to`,
    'levels of a JSON value': `${GRAPH_LIMITS.maxJsonDepth}`,
    tokens: `${count(shape.tokens)} of a document`,
    depth: `${shape.depth} levels: selection sets and fragments in each other`,
    fields: count(shape.fields),
    aliases: count(shape.aliases),
    rootFields: `${shape.rootFields}, in all operations of the document together`,
    directives: count(shape.directives),
    fragmentSpreads: count(shape.fragmentSpreads),
    introspectionFields: `${shape.introspectionFields} times __schema or __type`,
    introspectionAliases: `${shape.introspectionAliases} below __schema and __type`,
    introspectionDepth: `${shape.introspectionDepth} levels below __schema and __type`,
    rows: `${count(shape.rows)}, if every list is as long as first or last allows`,
    values: `${count(shape.values)} fields in all these rows together`,
    cost: 'MAX_OPERATION_COST; not limited by default',
    'cached parsed documents': `${mib(documents.maxCacheBytes)} of memory, ${mib(documents.maxCachedDocumentBytes)} for one; larger documents are parsed each time`,
    'compiled persisted operations': `${mib(documents.maxPersistedCompiledBytes)} of memory; further ones are compiled after some requests, like other documents`,
    'tools named by a subscription': `${GRAPH_LIMITS.maxSubscribedTools}`,
    'operations of a WebSocket': `${live.maxOperations} that have not ended`,
    'message to a WebSocket': `${live.maxFrameBytes / 1024} KiB`,
    'unsent to a WebSocket': `${mib(live.maxUnsentBytes)}, for longer than ${seconds(live.stallMs)}`,
    'time to end when it is stopped': seconds(http.graceMs),
    'WebSockets of a client': 'MAX_WEBSOCKETS_PER_CLIENT, by address and by credential: 429, or close code 1013',
    'subscriptions of a client': 'MAX_SUBSCRIPTIONS_PER_CLIENT, by address and by credential: LIMIT_EXCEEDED, 429',
    'open connections': `${count(http.maxConnections)}, WebSockets included; further ones are closed without an answer`,
  });
  const prose = read('docs/configuration.md').replace(/\s+/g, ' ');
  expect(prose).toContain(`each event stream gets a comment, every ${live.pingMs / 1000} s`);
});
