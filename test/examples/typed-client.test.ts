import { expect, test } from 'vitest';
import { agentsUsing } from '../../examples/typed-client.js';
import { startGateway } from '../support/gateway.js';

test('the example typed-client returns the agents that use a tool', async () => {
  const { url } = await startGateway();
  const agents = await agentsUsing({ url: `${url}/graphql`, token: 'a-token' }, 'support-desk', 'zendesk');
  expect(agents).toEqual(expect.arrayContaining(['Ticket triage', 'Billing helper']));
  expect(agents).toHaveLength(5);
});
