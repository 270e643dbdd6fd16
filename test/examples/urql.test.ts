import type { ResultOf } from 'gql.tada';
import { expect, expectTypeOf, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createLiveClient } from '../../examples/live/client.js';
import { renewing } from '../../examples/live/renewing.js';
import { createUrql } from '../../examples/urql/client.js';
import { Live } from '../../examples/urql/live-status.js';
import { listTools, type ToolRow } from '../../examples/urql/tools.js';
import { startGateway } from '../support/gateway.js';
import { idOf } from '../support/status.js';

const token = { get: async () => 'a-token', forget: () => undefined };

async function open(env = {}) {
  const gateway = await startGateway({}, env);
  vi.stubGlobal('WebSocket', WebSocket);
  onTestFinished(() => void vi.unstubAllGlobals());
  const live = createLiveClient(`${gateway.url.replace('http', 'ws')}/graphql`, token);
  onTestFinished(() => live.dispose());
  return { ...gateway, client: createUrql(`${gateway.url}/graphql`, renewing(live), () => 'a-token') };
}

test('urql reads typed fragments', async () => {
  const { client } = await open();
  expect((await listTools(client, 'support-desk'))[0]).toBe('Zendesk is HEALTHY, created 2025-04-09');
  expectTypeOf<ResultOf<typeof ToolRow>['createdAt']>().toEqualTypeOf<string | null>();
});

test('urql receives live status over graphql-ws', async () => {
  const { client, sandbox } = await open({ STATUS_INTERVAL_MS: '500' });
  const seen: string[] = [];
  const { unsubscribe } = client
    .subscription(Live, { agent: idOf('Agent', 'support-desk', 'triage') })
    .subscribe(({ data }) => seen.push(`${data?.toolStatus.tool.name} ${data?.toolStatus.status}`));
  onTestFinished(unsubscribe);
  await expect.poll(() => seen).toContain('Zendesk HEALTHY');
  sandbox.inkeep.setMcp('zendesk', { mode: 'reset' });
  await expect.poll(() => seen, { timeout: 10_000 }).toContain('Zendesk UNAVAILABLE');
});
