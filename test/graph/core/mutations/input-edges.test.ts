import { expect, test } from 'vitest';
import { startGateway } from '../../../support/gateway.js';

const id = (type: string, path: string): string => Buffer.from(`${type}:default/${path}`).toString('base64url');

const CREATE = `mutation ($input: CreateToolInput!) {
  createTool(input: $input) { ... on InvalidInputError { path issues { path message } } }
}`;
test('rejects a text with U+0000 at its path before any call', async () => {
  const gateway = await startGateway();
  const config = { url: 'https://mcp.example.com', toolOverrides: [{ toolName: 'search', description: 'a\0b' }] };
  const { data } = await gateway.query(CREATE, {
    input: { project: id('Project', 'support-desk'), name: 'Nul', config },
  });
  const path = ['config', 'toolOverrides', '0', 'description'];
  expect(data.createTool).toEqual({ path, issues: [{ path, message: 'A text cannot hold U+0000.' }] });
  expect(gateway.calls()).toEqual({});
});

test('the error of an answer that is cut off does not mention status 200', async () => {
  const gateway = await startGateway({ story: false });
  gateway.sandbox.inkeep.addProject({ id: 'lab' });
  gateway.sandbox.inkeep.fault({ kind: 'truncate', count: 9 });
  const { errors } = await gateway.query('{ project(projectId: "lab") { name } }');
  expect(errors?.[0]?.message).toBe('Inkeep did not complete its answer.');
});
