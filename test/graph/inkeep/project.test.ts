import { expect, test } from 'vitest';
import { startGateway } from '../../support/gateway.js';

const PERMISSIONS = '{ project(projectId: "support-desk") { permissions { canView canUse canEdit } } }';

test('tells what the caller may do in a project', async () => {
  const gateway = await startGateway();
  const everyone = await gateway.query(PERMISSIONS);
  expect(everyone.data.project.permissions).toEqual({ canView: true, canUse: true, canEdit: true });
  const reader = await gateway.query(PERMISSIONS, {}, { authorization: 'Bearer session-reader' });
  expect(reader.data.project.permissions).toEqual({ canView: true, canUse: true, canEdit: false });
});

test('permissions cost one call, side by side with the other reads', async () => {
  const gateway = await startGateway();
  gateway.sandbox.inkeep.latency({ ms: 500 });
  const startedAt = performance.now();
  const { errors } = await gateway.query(
    '{ project(projectId: "support-desk") { name permissions { canEdit } tools { nodes { name } } } }',
  );
  expect(errors).toBeUndefined();
  expect(gateway.calls()).toEqual({ 'get-project-by-id': 1, 'get-project-permissions': 1, 'list-tools': 1 });
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

test('an upstream without permissions has null for them', async () => {
  const gateway = await startGateway();
  const fault = { kind: 'status', status: 404, operation: 'get-project-permissions' } as const;
  gateway.sandbox.inkeep.fault({ ...fault, body: '404 Not Found', headers: { 'content-type': 'text/plain' } });
  expect(await gateway.query(PERMISSIONS)).toMatchObject({ data: { project: { permissions: null } } });
});

test('a project that does not exist has no permissions, even for those who may do everything', async () => {
  const gateway = await startGateway();
  const everything = { data: { canView: true, canUse: true, canEdit: true } };
  gateway.sandbox.inkeep.fault({
    kind: 'status',
    status: 200,
    operation: 'get-project-permissions',
    body: everything,
    headers: { 'content-type': 'application/json' },
  });
  const unknown = PERMISSIONS.replace('support-desk', 'none');
  expect(await gateway.query(unknown)).toMatchObject({ data: { project: null } });
});
