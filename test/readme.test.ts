import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse, print } from 'graphql';
import { describe, expect, test } from 'vitest';
import type { UserErrorCode } from '../schema/generated/graphql.js';
import { SETTINGS } from '../src/config.js';
import type { ErrorCode } from '../src/graph/errors.js';
import { startGateway } from './support/gateway.js';

const readme = read('README.md');
const operations = readAll('schema/operations', '.graphql').map(canonical);
const decisions = readAll('docs/decisions', '.md').join('\n');

function read(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}

function readAll(folder: string, ending: string): string[] {
  return readdirSync(new URL(`../${folder}/`, import.meta.url))
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

  test('runs on the sandbox without an error', async () => {
    const { query } = await startGateway();
    const answer = await query(text);
    expect(answer).not.toHaveProperty('errors');
    expect(Object.values(answer.data)).toEqual([expect.anything()]);
  });
});

test('the answer shown is the true one, with rows left out', async () => {
  const { query } = await startGateway();
  const [shown = ''] = blocks('json');
  const answer = await query(blocks('graphql')[0] ?? '');
  expect(answer).toEqual(containing(JSON.parse(shown)));
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

test('every link to a file of the repository leads to one', () => {
  const targets = [...readme.matchAll(/\]\((?!http)([^)#]+)\)/g)].map(([, target = '']) => target);
  expect(targets).toContain('docs/decisions');
  expect(targets.filter((target) => !existsSync(new URL(`../${target}`, import.meta.url)))).toEqual([]);
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
