import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { blocks, read } from '../support/documents.js';
import { startGateway } from '../support/gateway.js';

const readme = read('README.md');

test('the README has at most 200 lines', () => {
  expect(readme.split('\n').length - 1).toBeLessThanOrEqual(200);
});

test('the README has each of the two commands on a line of its own', () => {
  expect(readme).toMatch(/^ {4}npm ci && npm start$/m);
  expect(readme.match(/^ {4}npm ci && npm test$/gm)).toHaveLength(1);
});

test('the pictures of the README exist for light and dark pages, and are small', () => {
  const pictures = [...readme.matchAll(/(?:src|srcset)="([^"]+\.png)"/g)].map(([, path = '']) => path);
  expect(pictures.sort()).toEqual(['docs/images/explorer-dark.png', 'docs/images/explorer-light.png']);
  for (const path of pictures) expect(statSync(path).size, path).toBeLessThan(200_000);
});

test('the README shows the response of its first query, with rows left out', async () => {
  const { query } = await startGateway();
  const [shown = ''] = blocks('README.md', 'json');
  const response = await query(blocks('README.md', 'graphql')[0] ?? '');
  expect(response).toEqual(containing(JSON.parse(shown)));
});

/** Matches a value that has all of these members, and in its lists all of these rows. */
function containing(shown: unknown): unknown {
  if (Array.isArray(shown)) return expect.arrayContaining(shown.map(containing));
  if (typeof shown !== 'object' || shown === null) return shown;
  return expect.objectContaining(
    Object.fromEntries(Object.entries(shown).map(([name, value]) => [name, containing(value)])),
  );
}
