import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse, print } from 'graphql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { liveStatus } from '../../examples/live-status-events.js';
import type { UserErrorCode } from '../../schema/generated/graphql.js';
import type { GlobalId } from '../../schema/ids.js';
import { SETTINGS } from '../../src/config/load-config.js';
import type { ErrorCode } from '../../src/graph/core/error-codes.js';
import { LIVE_LIMITS } from '../../src/transport/live-limits.js';
import { startGateway } from '../support/gateway.js';

const readme = read('README.md');
const operations = readAll('schema/operations', '.graphql').map(canonical);
const decisions = readAll('docs/decisions', '.md').join('\n');

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

function readAll(folder: string, ending: string): string[] {
  return readdirSync(new URL(`../../${folder}/`, import.meta.url))
    .filter((name) => name.endsWith(ending))
    .map((name) => read(`${folder}/${name}`));
}

/** Without comments and layout. */
function canonical(document: string): string {
  return print(parse(document, { noLocation: true }));
}

/** The code blocks of the README in this language. */
function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);
}

/** The rows of the table under this heading that has these column heads, as cells without code marks. */
function table(heading: string, ...heads: string[]): string[][] {
  const section = readme.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const tables = section.split(/\n\n/).map((text) => text.split('\n').map(cellsOf));
  const [, , ...rows] = tables.find(([first]) => first?.join() === heads.join()) ?? [];
  return rows;
}

function cellsOf(row: string): string[] {
  const cells = row.replaceAll('`', '').split('|').slice(1, -1);
  return cells.map((cell) => cell.trim());
}

describe.each(blocks('graphql').map((text) => [canonical(text).split(/[ (]/)[1], text]))('%s', (_name, text) => {
  test('is one of the example operations', () => {
    expect(operations).toContain(canonical(text));
  });

  test('brings a first result on the sandbox, without an error', async () => {
    const { url } = await startGateway();
    const answer = await firstResult(url, text);
    expect(answer).not.toHaveProperty('errors');
    expect(Object.values(answer.data)).toEqual([expect.anything()]);
  });
});

/** Of any operation, as an event stream: queries and mutations have one result, subscriptions go on, and are left. */
async function firstResult(url: string, query: string): Promise<{ data: object }> {
  const connection = new AbortController();
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({ query }),
    signal: connection.signal,
  });
  const reader = (response.body as ReadableStream<BufferSource>).pipeThrough(new TextDecoderStream()).getReader();
  let received = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    received += part.value;
    const [, result] = /^data: (.+)\n\n/m.exec(received) ?? [];
    if (result === undefined) continue;
    connection.abort();
    return JSON.parse(result);
  }
  throw new Error(`There is no result in ${received}`);
}

test('the answer shown is the true one, with rows left out', async () => {
  const { query } = await startGateway();
  const [shown = ''] = blocks('json');
  const answer = await query(blocks('graphql')[0] ?? '');
  expect(answer).toEqual(containing(JSON.parse(shown)));
});

test('the event shown is a true one', async () => {
  expect.assertions(1);
  const { url, sandbox } = await startGateway({}, { STATUS_INTERVAL_MS: '500' });
  const { toolStatus: shown } = JSON.parse(blocks('json')[1] ?? '').data;
  const connection = new AbortController();
  onTestFinished(() => connection.abort());
  const { signal } = connection;
  const agent = Buffer.from('Agent:default/support-desk/triage').toString('base64url') as GlobalId;
  const token = { get: async () => 'any', forget: () => undefined };
  for await (const change of liveStatus({ url: `${url}/graphql`, agent, signal, token })) {
    if (change.previousStatus === null) sandbox.inkeep.setMcp('statuspage', { mode: 'reset' });
    else if (change.tool.name === 'Statuspage') {
      expect({ ...change, observedAt: shown.observedAt }).toEqual(shown);
      return;
    }
  }
});

test.each(['live-status-websocket.ts', 'live-status-events.ts'])('the client shown is examples/%s', (file) => {
  expect(blocks('ts')).toContain(read(`examples/${file}`));
});

/** Matches what has all of these members, and in its lists all of these rows. */
function containing(shown: unknown): unknown {
  if (Array.isArray(shown)) return expect.arrayContaining(shown.map(containing));
  if (typeof shown !== 'object' || shown === null) return shown;
  return expect.objectContaining(
    Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, containing(value)])),
  );
}

test('the two commands stand on lines of their own', () => {
  expect(readme).toMatch(/^ {4}npm ci && npm start$/m);
  expect(readme.match(/^ {4}npm ci && npm test$/gm)).toHaveLength(1);
});

test('the table of settings has every setting with its default and meaning, in the order of --help', () => {
  const expected = SETTINGS.map(({ name, default: value, meaning }) => [name, value, meaning.replaceAll('`', '')]);
  expect(table('Configuration', 'variable', 'default', 'meaning')).toEqual(expected);
});

test('the table of error codes has every code of the gateway, and no other', () => {
  // A record, so that the compiler asks for a code that is added.
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
    PERSISTED_QUERY_NOT_SUPPORTED: true,
    INTERNAL_SERVER_ERROR: true,
  };
  const rows = table('Errors', 'code', 'meaning', 'try again?');
  expect(rows.map(([code]) => code).sort()).toEqual(Object.keys(codes).sort());
  expect(rows.every(([, meaning, retry]) => meaning && retry)).toBe(true);
});

test('the table of mutation errors has every code with its type', () => {
  const types: Record<UserErrorCode, string> = {
    INVALID_INPUT: 'InvalidInputError',
    NOT_FOUND: 'NotFoundError',
    CONFLICT: 'ConflictError',
    FORBIDDEN: 'ForbiddenError',
  };
  const rows = table('Errors', 'code', 'type', 'meaning').map(([code, type]) => [code, type]);
  expect(Object.fromEntries(rows)).toEqual(types);
});

test('the table of paths has every path that is served', async () => {
  const { url } = await startGateway();
  const { errors } = await (await fetch(`${url}/nowhere`)).json();
  const served = String(errors[0].message).match(/\/\w+(\.\w+)?/g);
  expect(table('HTTP', 'path', '').map(([path]) => path)).toEqual(served);
});

test('the table of metrics has every metric of the gateway, and no other', async () => {
  const { url } = await startGateway();
  const text = await (await fetch(`${url}/metrics`)).text();
  // prom-client decides which metrics a process has: it differs from platform to platform.
  const named = [...text.matchAll(/^# HELP (\S+)/gm)].map(([, name = '']) =>
    name.replace(/^(process|nodejs)_.*/, '$1_*'),
  );
  const names = [...new Set(named)];
  expect(
    table('HTTP', 'metric', 'what')
      .map(([name]) => name)
      .sort(),
  ).toEqual(names.sort());
});

test('the limits of live connections are those in force', () => {
  const { maxOperations, maxFrameBytes, maxUnsentBytes, stallMs, pingMs } = LIVE_LIMITS;
  const rows = Object.fromEntries(table('Limits', 'what', 'how much').map(([what, howMuch]) => [what, howMuch]));
  expect(rows).toMatchObject({
    'operations of a WebSocket': `${maxOperations} that have not ended`,
    'message to a WebSocket': `${maxFrameBytes / 1024} KiB`,
    'unsent to a WebSocket': `${maxUnsentBytes / 1024 ** 2} MiB, for longer than ${stallMs / 1000} s`,
  });
  expect(readme).toContain(`each event stream gets a comment, every ${pingMs / 1000} s`);
});

test('every link to a file of the repository leads to one', () => {
  const targets = [...readme.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, target = '']) => target);
  expect(targets).toContain('docs/decisions');
  expect(targets.filter((target) => !existsSync(new URL(`../../${target}`, import.meta.url)))).toEqual([]);
});

test('every package and every override has its reason in the decisions', () => {
  const { dependencies, devDependencies, overrides } = JSON.parse(read('package.json'));
  const names = Object.keys({ ...dependencies, ...devDependencies, ...overrides });
  expect(names.filter((name) => !decisions.includes(`\`${name}\``))).toEqual([]);
});

test('every decision has its five lines and its date', () => {
  for (const text of readAll('docs/decisions', '.md').filter((text) => /^# \d/.test(text))) {
    expect(text).toMatch(/^# \d+\. .+ \(\d{4}-\d\d-\d\d\)\n/);
    const lines = [...text.matchAll(/^- \*\*(.+?)\.\*\* ./gm)].map(([, name]) => name);
    expect(lines).toEqual(['Question', 'Choice', 'Why', 'Given up', 'Would change our mind']);
  }
});
