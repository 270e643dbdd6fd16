import { readdirSync, readFileSync } from 'node:fs';
import { parse, print } from 'graphql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { subscribe } from '../../examples/live/events.js';
import { LiveStatusDocument, type LiveStatusSubscription } from '../../schema/generated/graphql.js';
import { blocks, pages, readAll } from '../support/documents.js';
import { startGateway } from '../support/gateway.js';

const operations = readAll('schema/operations', '.graphql').map(canonical);
const clients = [...readAll('examples', '.ts'), ...readAll('examples/live', '.ts')];
const paths = [...pages.keys()];
const RECIPES = 'docs/frontends.md';

/** Without comments and layout. */
function canonical(document: string): string {
  return print(parse(document, { noLocation: true }));
}

const shown = paths.flatMap((path) => blocks(path, 'graphql').map((text) => ({ path, text, name: nameOf(text) })));

function nameOf(text: string): string | undefined {
  return canonical(text).split(/[ (]/)[1];
}

describe.each(shown)('$name in $path', ({ text }) => {
  test('is one of the example operations', () => {
    expect(operations).toContain(canonical(text));
  });

  test('returns a first result in the sandbox, without an error', async () => {
    const { url } = await startGateway();
    const result = await firstResult(url, text);
    expect(result).not.toHaveProperty('errors');
    expect(Object.values(result.data)).toEqual([expect.anything()]);
  });
});

/** Reads any operation as an event stream, and disconnects after the first result: a subscription would go on. */
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

test('the README and the pages show operations', () => {
  expect(shown.map(({ path, name }) => `${path} ${name}`)).toEqual([
    'README.md WhoUsesThisTool',
    'README.md LiveStatus',
    'docs/live-status.md LiveStatus',
    'docs/using-the-api.md AttachTool',
  ]);
});

test('each client shown is a file of examples/, and each of these files is shown', () => {
  const others = paths.filter((path) => path !== RECIPES);
  expect(others.flatMap((path) => blocks(path, 'ts')).sort()).toEqual([...clients].sort());
});

describe('docs/frontends.md', () => {
  const recipes = ['ts', 'tsx', 'js', 'sh'].flatMap((language) => blocks(RECIPES, language));

  test('shows at most ten lines at a time', () => {
    expect(recipes.filter((text) => text.trimEnd().split('\n').length > 10)).toEqual([]);
  });

  test('shows parts of files of examples/, and commands that install packages of this repository', () => {
    const files = readdirSync('examples', { recursive: true, encoding: 'utf8' })
      .filter((path) => /\.(ts|tsx|mjs|sh)$/.test(path))
      .map((path) => readFileSync(`examples/${path}`, 'utf8'));
    const { dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
    const packages = Object.keys({ ...dependencies, ...devDependencies });
    const unknown = recipes.filter((text) => {
      const [, names] = /^npm install (?:-D )?(.+)\n$/.exec(text) ?? [];
      if (names) return !names.split(' ').every((name) => packages.includes(name.replace(/@\d+$/, '')));
      return !files.some((file) => withoutMargin(file).includes(withoutMargin(text)));
    });
    expect(unknown).toEqual([]);
  });
});

/** Each line without the spaces around it: a part of a function is shown without its margin. */
function withoutMargin(text: string): string {
  return text.replace(/^ +/gm, '').trim();
}

test('the event shown in docs/live-status.md is the event that is sent', async () => {
  expect.assertions(1);
  const { url, sandbox } = await startGateway({}, { STATUS_INTERVAL_MS: '500' });
  const { toolStatus: event } = JSON.parse(blocks('docs/live-status.md', 'json')[0] ?? '').data;
  const connection = new AbortController();
  onTestFinished(() => connection.abort());
  const { signal } = connection;
  const agent = Buffer.from('Agent:default/support-desk/triage').toString('base64url');
  const token = { get: async () => 'any', forget: () => undefined };
  const operation = {
    url: `${url}/graphql`,
    query: LiveStatusDocument.toString(),
    variables: { agent },
    signal,
    token,
  };
  for await (const { toolStatus: change } of subscribe<LiveStatusSubscription>(operation)) {
    if (change.previousStatus === null) sandbox.inkeep.setMcp('statuspage', { mode: 'reset' });
    else if (change.tool.name === 'Statuspage') {
      expect({ ...change, observedAt: event.observedAt }).toEqual(event);
      return;
    }
  }
});
