import { expect, test } from 'vitest';
import { runCli, serveCli } from '../support/cli.js';
import { temporaryFile } from '../support/files.js';

const PROJECT = 'query Project { project(projectId: "support-desk") { name } }';

const manifest = (documents: Record<string, string>) => temporaryFile(JSON.stringify(documents));

const PROBLEM = [
  'PERSISTED_OPERATIONS cannot be used. 1 operation is not valid with the schema of this version:',
  '  query Old (id old): Cannot query field "removed" on type "Query". (line 1, column 13)',
].join('\n');

test('PERSISTED_ONLY serves the operations of the manifest by id, and neither other documents nor GraphiQL', async () => {
  const { url } = await serveCli({ PERSISTED_OPERATIONS: manifest({ project: PROJECT }), PERSISTED_ONLY: 'true' });
  const ask = async (body: object) => {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await answer.json()) as unknown;
  };
  expect(await ask({ documentId: 'project' })).toMatchObject({ data: { project: { name: 'Support desk' } } });
  expect(await ask({ query: PROJECT })).toMatchObject({ errors: [{ extensions: { code: 'PERSISTED_QUERY_ONLY' } }] });
  const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
  expect(page.headers.get('content-type')).toMatch(/json/);
});

test('an operation that is no longer valid stops the start, and is named', async () => {
  const path = manifest({ project: PROJECT, old: 'query Old { removed }' });
  const { code, stdout, stderr } = await runCli(['serve'], { PORT: '0', PERSISTED_OPERATIONS: path });
  expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: `The gateway cannot start: ${PROBLEM}\n` });
});

test('a start that fails leaves no connection to Redis that keeps the process alive', async () => {
  const env = { PORT: '0', SANDBOX: 'true', REDIS_URL: 'redis://127.0.0.1:1' };
  const { code } = await runCli(['serve'], { ...env, PERSISTED_OPERATIONS: manifest({ old: '{ removed }' }) });
  expect(code).toBe(1);
});

test('the doctor names it too', async () => {
  const path = manifest({ old: 'query Old { removed }' });
  const { code, stdout } = await runCli(['doctor'], { PORT: '0', PERSISTED_OPERATIONS: path });
  expect(code).toBe(1);
  expect(stdout).toContain(`FAIL  ${PROBLEM}`);
  const valid = await runCli(['doctor'], { PORT: '0', PERSISTED_OPERATIONS: manifest({ project: PROJECT }) });
  expect(valid.stdout).toContain('ok    The operations of PERSISTED_OPERATIONS are valid.');
});
