import type { ResultOf } from 'gql.tada';
import { expect, expectTypeOf, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createLiveClient } from '../../examples/live/client.js';
import { renewing } from '../../examples/live/renewing.js';
import { createUrql } from '../../examples/urql/src/client.js';
import { watchTools } from '../../examples/urql/src/live-list.js';
import type { ToolRow } from '../../examples/urql/src/tools.js';
import { startGateway } from '../support/gateway.js';

const token = { get: async () => 'a-token', forget: () => undefined };

test('urql shows a typed list at once, then the status of each tool, then each change', {
  timeout: 30_000,
}, async () => {
  const { url, sandbox } = await startGateway({}, { STATUS_INTERVAL_MS: '500' });
  vi.stubGlobal('WebSocket', WebSocket);
  onTestFinished(() => void vi.unstubAllGlobals());
  const live = createLiveClient(`${url.replace('http', 'ws')}/graphql`, token);
  onTestFinished(() => live.dispose());
  const shown: string[] = [];
  const client = createUrql(`${url}/graphql`, renewing(live), () => 'a-token');
  onTestFinished(await watchTools(client, 'support-desk', ([zendesk = '']) => shown.push(zendesk)));
  expect(shown).toEqual(['Zendesk is being checked, created 2025-04-09']);
  await expect.poll(() => shown, { timeout: 10_000 }).toContain('Zendesk is HEALTHY, created 2025-04-09');
  sandbox.inkeep.setMcp('zendesk', { mode: 'reset' });
  await expect.poll(() => shown, { timeout: 10_000 }).toContain('Zendesk is UNAVAILABLE, created 2025-04-09');
  sandbox.inkeep.removeTool({ id: 'zendesk' });
  await expect.poll(() => shown, { timeout: 10_000 }).toContain('Zendesk is removed, created 2025-04-09');
  expectTypeOf<ResultOf<typeof ToolRow>['createdAt']>().toEqualTypeOf<string | null>();
});
