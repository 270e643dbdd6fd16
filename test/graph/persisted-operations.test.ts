import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { read } from '../support/documents.js';
import { temporaryFile } from '../support/files.js';
import { startGateway } from '../support/gateway.js';

const NAMES = readdirSync(new URL('../../schema/operations/', import.meta.url)).filter((name) =>
  name.endsWith('.graphql'),
);
const DOCUMENTS = Object.fromEntries(NAMES.map((name) => [name, read(`schema/operations/${name}`)]));
const QUERIES = NAMES.filter((name) => /^query/m.test(DOCUMENTS[name] ?? ''));

test('every example query answers by its id as by its text, with the same upstream calls', async () => {
  const path = temporaryFile(JSON.stringify(DOCUMENTS));
  const gateway = await startGateway({}, { PERSISTED_OPERATIONS: path });
  const ask = async (body: object) => {
    gateway.forget();
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
    const { data, errors } = await answer.json();
    return { data, errors, calls: gateway.calls() };
  };
  expect(QUERIES.length).toBeGreaterThan(3);
  for (const name of QUERIES) {
    const byText = await ask({ query: DOCUMENTS[name] });
    expect(byText.data).toBeTruthy();
    expect(await ask({ documentId: name })).toEqual(byText);
  }
});
