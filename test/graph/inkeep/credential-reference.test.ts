import { expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.js';

const id = (text: string): string => Buffer.from(text).toString('base64url');

/** A project with 100 tools, 95 of them linked to one of four credentials. */
async function startShop(): Promise<TestGateway> {
  const gateway = await startGateway({ story: false });
  const { inkeep } = gateway.sandbox;
  inkeep.addProject({ id: 'shop' });
  inkeep.addTool({ id: 'bare' });
  for (let n = 0; n < 4; n++) {
    inkeep.addTool({ id: `tool-${n}` });
    inkeep.addUserCredential({ toolId: `tool-${n}`, id: `cred-${n}`, name: `Credential ${n}` });
  }
  for (let n = 4; n < 99; n++) inkeep.addTool({ id: `tool-${n}`, credentialReferenceId: `cred-${n % 4}` });
  return gateway;
}

test('reads the credentials of a hundred tools with one further call', async () => {
  const gateway = await startShop();
  const tools = 'tools(first: 100) { nodes { toolId credentialReference { credentialReferenceId name type } } }';
  const { data, errors } = await gateway.query(`{ project(projectId: "shop") { ${tools} } }`);
  expect(errors).toBeUndefined();
  const linked = data.project.tools.nodes.filter((tool: { credentialReference: unknown }) => tool.credentialReference);
  expect(linked).toHaveLength(95);
  expect(linked[0].credentialReference).toEqual({
    credentialReferenceId: 'cred-2',
    name: 'Credential 2',
    type: 'MEMORY',
  });
  expect(gateway.calls()).toEqual({ 'list-tools': 1, 'list-credentials': 1 });
});

test('reads only the credential of the tool if there is one tool', async () => {
  const gateway = await startShop();
  const { data } = await gateway.query(
    '{ tool(projectId: "shop", toolId: "tool-7") { credentialReference { name } } }',
  );
  expect(data.tool.credentialReference).toEqual({ name: 'Credential 3' });
  expect(gateway.calls()).toEqual({ 'list-tools': 1, 'get-credential-by-id': 1 });
});

test('returns null without a call if the tool has no credential', async () => {
  const gateway = await startShop();
  const { data } = await gateway.query('{ tool(projectId: "shop", toolId: "bare") { credentialReference { name } } }');
  expect(data.tool).toEqual({ credentialReference: null });
  expect(gateway.calls()).toEqual({ 'list-tools': 1 });
});

test('the credentials of a project are a connection in the order of the upstream', async () => {
  const gateway = await startShop();
  const { data } = await gateway.query(`{
    project(projectId: "shop") {
      credentialReferences(first: 3) { totalCount nodes { credentialReferenceId } pageInfo { hasNextPage } }
    }
  }`);
  expect(data.project.credentialReferences).toEqual({
    totalCount: 4,
    nodes: [3, 2, 1].map((n) => ({ credentialReferenceId: `cred-${n}` })),
    pageInfo: { hasNextPage: true },
  });
});

test('finds a credential by its key and by its global id; null if it does not exist', async () => {
  const { query } = await startShop();
  const node = id('CredentialReference:default/shop/cred-1');
  const { data, errors } = await query(
    `query ($node: ID!) {
      byKey: credentialReference(projectId: "shop", credentialReferenceId: "cred-1") { id name project { projectId } }
      byId: node(id: $node) { ... on CredentialReference { credentialReferenceId name } }
      none: credentialReference(projectId: "shop", credentialReferenceId: "cred-9") { id }
    }`,
    { node },
  );
  expect(errors).toBeUndefined();
  expect(data).toEqual({
    byKey: { id: node, name: 'Credential 1', project: { projectId: 'shop' } },
    byId: { credentialReferenceId: 'cred-1', name: 'Credential 1' },
    none: null,
  });
});

test('reads the tools of a credential without a probe', async () => {
  const gateway = await startShop();
  const { data } = await gateway.query(
    '{ credentialReference(projectId: "shop", credentialReferenceId: "cred-2") { tools { toolId } } }',
  );
  const toolIds = data.credentialReference.tools.map(({ toolId }: { toolId: string }) => toolId);
  expect(toolIds).toHaveLength(24);
  expect(toolIds).toContain('tool-98');
  expect(gateway.calls()).toEqual({ 'get-credential-by-id': 1 });
});

test('returns retrievalParams to the caller', async () => {
  const gateway = await startShop();
  gateway.sandbox.inkeep.addUserCredential({ toolId: 'bare', id: 'keyed', retrievalParams: { key: 'k-secret-1' } });
  const { data } = await gateway.query(
    '{ credentialReference(projectId: "shop", credentialReferenceId: "keyed") { retrievalParams } }',
  );
  expect(data.credentialReference).toEqual({ retrievalParams: { key: 'k-secret-1' } });
});
