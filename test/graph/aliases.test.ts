import { expect, test } from 'vitest';
import { startGateway } from '../support/gateway.js';

const AGENT = 'projectId: "support-desk", agentId: "triage"';

test.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__', 'then'])(
  'accepts `%s` as an alias at no further call',
  async (alias) => {
    const gateway = await startGateway();
    const query = (name: string) => `{
      ${name}: agent(${AGENT}) {
        ${name}: subAgents { ${name}: nodes { ${name}: tools { ${name}: nodes { ${name}: name } } } }
      }
    }`;
    const usual = await gateway.query(query('usual'));
    const usualCalls = gateway.calls();
    gateway.forget();
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: query(alias) }),
    });
    const text = await response.text();
    expect(usual).not.toHaveProperty('errors');
    expect(text.replaceAll(`"${alias}":`, '"usual":')).toContain(JSON.stringify({ data: usual.data }).slice(1, -1));
    expect(gateway.calls()).toEqual(usualCalls);
  },
);

test.each(['constructor', 'then', '__proto__'])('plans `status` with the alias `%s` as a live field', async (alias) => {
  const gateway = await startGateway();
  const { errors } = await gateway.query(
    `{ project(projectId: "support-desk") { tools(first: 3) { nodes { ${alias}: status } } } }`,
  );
  expect(errors).toBeUndefined();
  expect(gateway.calls()).toEqual({ 'get-project-by-id': 1, 'list-tools': 1 });
});

test('an argument that is invalid because of a variable fails only its own field', async () => {
  const gateway = await startGateway();
  const { data, errors } = await gateway.query(
    'query ($id: String = "zendesk") { project(projectId: "support-desk") { name tool(toolId: $id) { name } } }',
    { id: null },
  );
  expect(data).toEqual({ project: { name: 'Support desk', tool: null } });
  expect(errors).toMatchObject([{ path: ['project', 'tool'], extensions: { code: 'BAD_USER_INPUT' } }]);
});

test('reads a fragment once, however often it is spread', async () => {
  const gateway = await startGateway();
  const levels = Array.from({ length: 8 }, (_, n) => `fragment F${n} on Agent { ...F${n + 1} ...F${n + 1} }`);
  const { data } = await gateway.query(
    `{ agent(${AGENT}) { ...F0 } } ${levels.join(' ')} fragment F8 on Agent { name }`,
  );
  expect(data).toEqual({ agent: { name: 'Ticket triage' } });
});
