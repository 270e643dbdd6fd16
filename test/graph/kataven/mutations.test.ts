import { describe, expect, test } from 'vitest';
import { AttachToolToVoiceAgentDocument } from '../../../schema/generated/graphql.js';
import { startGateway, type TestGateway } from '../../support/gateway.js';

const id = (text: string): string => Buffer.from(text).toString('base64url');

const AGENT = id('VoiceAgent:agent_1');

const USER_ERROR =
  '... on UserError { __typename code message path } ... on InvalidInputError { issues { path message } }';
const ATTACH = `mutation ($input: AttachToolToVoiceAgentInput!) {
  attachToolToVoiceAgent(input: $input) {
    ... on AttachToolToVoiceAgentPayload { outcome agentTool { agentId toolName enabled config } } ${USER_ERROR}
  }
}`;
const CREATE = `mutation ($input: CreateVoiceToolInput!) {
  createVoiceTool(input: $input) {
    ... on CreateVoiceToolPayload {
      voiceTool { name category description schema implementationType implementationConfig implementationCode tags }
    } ${USER_ERROR}
  }
}`;
const UPDATE = `mutation ($input: UpdateVoiceToolInput!) {
  updateVoiceTool(input: $input) {
    ... on UpdateVoiceToolPayload {
      voiceTool { name description schema implementationConfig implementationCode tags modifiedFromDefault }
    } ${USER_ERROR}
  }
}`;
const DELETE = `mutation ($input: DeleteVoiceToolInput!) {
  deleteVoiceTool(input: $input) { ... on DeleteVoiceToolPayload { deletedId } ${USER_ERROR} }
}`;

async function startClinic() {
  const gateway = await startGateway({ story: false });
  const { kataven } = gateway.sandbox;
  kataven.addAgent({ id: 'agent_1' });
  const tool = kataven.addTool({
    name: 'take_message',
    description: 'Takes a message',
    schema: { type: 'object' },
    implementation_code: 'pass',
    tags: ['phone'],
  });
  const builtIn = kataven.addTool({ name: 'hang_up', is_default: true });
  return { gateway, kataven, tool: id(`VoiceTool:${tool.id}`), builtIn: id(`VoiceTool:${builtIn.id}`) };
}

async function run(gateway: TestGateway, document: string, input: object) {
  const { data, errors } = await gateway.query(document, { input });
  expect(errors).toBeUndefined();
  return Object.values(data)[0] as Record<string, unknown>;
}

const writes = ({ sandbox }: TestGateway) =>
  sandbox.kataven.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path, body }) => ({ method, path, body }));

describe('attaching a tool to a voice agent', () => {
  test('sends the whole row, with the defaults of a new one', async () => {
    const { gateway } = await startClinic();
    expect(await run(gateway, ATTACH, { agent: AGENT, toolName: 'take_message' })).toEqual({
      outcome: 'CREATED',
      agentTool: { agentId: 'agent_1', toolName: 'take_message', enabled: true, config: {} },
    });
    expect(writes(gateway)).toEqual([
      {
        method: 'PUT',
        path: '/v1/agents/agent_1/tools',
        body: { agent_id: 'agent_1', tool_name: 'take_message', enabled: true, config: {} },
      },
    ]);
  });

  test('keeps and sends the values of fields that are left out', async () => {
    const { gateway, kataven } = await startClinic();
    kataven.addRow({ agent_id: 'agent_1', tool_name: 'take_message', enabled: false, config: { urgency: 'high' } });
    expect(await run(gateway, ATTACH, { agent: AGENT, toolName: 'take_message', enabled: true })).toMatchObject({
      outcome: 'UPDATED',
      agentTool: { enabled: true, config: { urgency: 'high' } },
    });
    expect(writes(gateway)[0]?.body).toEqual({
      agent_id: 'agent_1',
      tool_name: 'take_message',
      enabled: true,
      config: { urgency: 'high' },
    });
  });

  test('replaces the config as a whole', async () => {
    const { gateway, kataven } = await startClinic();
    kataven.addRow({ agent_id: 'agent_1', tool_name: 'take_message', config: { urgency: 'high', to: 'desk' } });
    const attached = await run(gateway, ATTACH, { agent: AGENT, toolName: 'take_message', config: { to: 'doctor' } });
    expect(attached).toMatchObject({ outcome: 'UPDATED', agentTool: { config: { to: 'doctor' } } });
  });

  test('resets fields that are null', async () => {
    const { gateway, kataven } = await startClinic();
    kataven.addRow({ agent_id: 'agent_1', tool_name: 'take_message', enabled: false, config: { urgency: 'high' } });
    const input = { agent: AGENT, toolName: 'take_message', enabled: null, config: null };
    expect(await run(gateway, ATTACH, input)).toMatchObject({
      outcome: 'UPDATED',
      agentTool: { enabled: true, config: {} },
    });
  });

  test('sends nothing if the row has these values', async () => {
    const { gateway, kataven } = await startClinic();
    kataven.addRow({ agent_id: 'agent_1', tool_name: 'take_message', config: { a: { b: 1, c: [2] } } });
    const input = { agent: AGENT, toolName: 'take_message', enabled: true, config: { a: { c: [2], b: 1 } } };
    expect(await run(gateway, ATTACH, input)).toMatchObject({ outcome: 'UNCHANGED' });
    expect(writes(gateway)).toEqual([]);
  });

  test('sends nothing if the row has the values of a config literal', async () => {
    const { gateway, kataven } = await startClinic();
    kataven.addRow({ agent_id: 'agent_1', tool_name: 'take_message', config: { a: { b: 1 } } });
    const { data } = await gateway.query(`mutation {
      attachToolToVoiceAgent(input: { agent: "${AGENT}", toolName: "take_message", config: { a: { b: 1 } } }) {
        ... on AttachToolToVoiceAgentPayload { outcome }
      }
    }`);
    expect(data.attachToolToVoiceAgent).toEqual({ outcome: 'UNCHANGED' });
    expect(writes(gateway)).toEqual([]);
  });

  test('names an unknown agent, and sends nothing', async () => {
    const { gateway } = await startClinic();
    const refused = await run(gateway, ATTACH, { agent: id('VoiceAgent:nobody'), toolName: 'take_message' });
    expect(refused).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND', path: ['agent'] });
    expect(writes(gateway)).toEqual([]);
  });

  test('names the tool if its name is unknown', async () => {
    const { gateway } = await startClinic();
    const refused = await run(gateway, ATTACH, { agent: AGENT, toolName: 'nothing' });
    expect(refused).toMatchObject({ __typename: 'NotFoundError', path: ['toolName'] });
  });

  test.each([404, 500])('names the agent or the tool that is missing if the upstream returns %i', async (status) => {
    const { gateway, kataven } = await startClinic();
    kataven.fault({ kind: 'status', status, operation: 'upsert-agent-tool' });
    const refused = await run(gateway, ATTACH, { agent: AGENT, toolName: 'nothing' });
    expect(refused).toMatchObject({ __typename: 'NotFoundError', path: ['toolName'] });
  });

  test('returns UPSTREAM_UNAVAILABLE for a 500 if the agent and the tool exist', async () => {
    const { gateway, kataven } = await startClinic();
    kataven.fault({ kind: 'status', status: 500, operation: 'upsert-agent-tool' });
    const { data, errors } = await gateway.query(ATTACH, { input: { agent: AGENT, toolName: 'take_message' } });
    expect(data).toEqual({ attachToolToVoiceAgent: null });
    expect(errors?.[0]?.extensions?.code).toBe('UPSTREAM_UNAVAILABLE');
    expect(writes(gateway)).toHaveLength(1);
  });

  test('returns what the example operation expects', async () => {
    const gateway = await startGateway();
    const first = await gateway.query(AttachToolToVoiceAgentDocument);
    const second = await gateway.query(AttachToolToVoiceAgentDocument);
    expect(first.data?.attachToolToVoiceAgent).toMatchObject({ agentTool: { config: { urgency: 'normal' } } });
    expect(second.data?.attachToolToVoiceAgent).toMatchObject({ outcome: 'UNCHANGED' });
  });
});

describe('creating a voice tool', () => {
  test('stores the given fields, and reads the tool back by its name', async () => {
    const { gateway } = await startClinic();
    const input = {
      name: 'look_up',
      category: 'records',
      description: 'Looks up',
      schema: { type: 'object' },
      implementationType: 'http',
      implementationConfig: { url: 'https://records.example' },
      implementationCode: null,
      tags: ['records'],
    };
    const { voiceTool } = await run(gateway, CREATE, input);
    expect(voiceTool).toEqual({ ...input, implementationCode: '' });
    expect(writes(gateway)).toEqual([
      {
        method: 'POST',
        path: '/v1/tools',
        body: {
          name: 'look_up',
          category: 'records',
          description: 'Looks up',
          schema: { type: 'object' },
          implementation_type: 'http',
          implementation_config: { url: 'https://records.example' },
          tags: ['records'],
        },
      },
    ]);
  });

  test('returns a conflict for a name that is taken, and sends nothing', async () => {
    const { gateway } = await startClinic();
    const refused = await run(gateway, CREATE, { name: 'take_message', category: 'custom' });
    expect(refused).toMatchObject({ __typename: 'ConflictError', code: 'CONFLICT', path: ['name'] });
    expect(writes(gateway)).toEqual([]);
  });

  test('returns an issue of the whole input if the upstream rejects it without a reason', async () => {
    const { gateway } = await startClinic();
    const refused = await run(gateway, CREATE, { name: 'Not snake case', category: 'custom' });
    expect(refused).toMatchObject({ __typename: 'InvalidInputError', path: null, issues: [{ path: [] }] });
  });

  test('returns an issue of the name if it cannot be part of a path, and sends nothing', async () => {
    const { gateway } = await startClinic();
    const refused = await run(gateway, CREATE, { name: '..', category: 'custom' });
    expect(refused).toMatchObject({ __typename: 'InvalidInputError', path: ['name'] });
    expect(gateway.sandbox.kataven.count()).toBe(0);
  });

  test('returns null with an error if the tool is stored but cannot be read back', async () => {
    const { gateway, kataven } = await startClinic();
    kataven.fault({ kind: 'status', status: 500, operation: 'get-tool', skip: 1 });
    const { data, errors } = await gateway.query(CREATE, { input: { name: 'look_up', category: 'custom' } });
    expect(data).toEqual({ createVoiceTool: { voiceTool: null } });
    expect(errors).toMatchObject([
      { path: ['createVoiceTool', 'voiceTool'], extensions: { code: 'UPSTREAM_UNAVAILABLE' } },
    ]);
    expect(errors?.[0]?.message).not.toContain('unknown');
    expect(writes(gateway)).toHaveLength(1);
  });
});

describe('updating a voice tool', () => {
  test('sends only the given fields', async () => {
    const { gateway, tool } = await startClinic();
    const { voiceTool } = await run(gateway, UPDATE, { id: tool, description: 'Takes it down' });
    expect(voiceTool).toMatchObject({ description: 'Takes it down', tags: ['phone'], modifiedFromDefault: false });
    expect(writes(gateway)).toMatchObject([{ method: 'PUT', body: { description: 'Takes it down' } }]);
  });

  test('clears fields that are null', async () => {
    const { gateway, tool } = await startClinic();
    const { voiceTool } = await run(gateway, UPDATE, {
      id: tool,
      description: null,
      schema: null,
      implementationConfig: null,
      implementationCode: null,
      tags: null,
    });
    expect(voiceTool).toMatchObject({
      name: 'take_message',
      description: '',
      schema: {},
      implementationConfig: {},
      implementationCode: '',
      tags: [],
    });
  });

  test('marks a built-in tool as modified', async () => {
    const { gateway, builtIn } = await startClinic();
    const { voiceTool } = await run(gateway, UPDATE, { id: builtIn, description: 'Ends the call' });
    expect(voiceTool).toMatchObject({ modifiedFromDefault: true });
  });

  test('names the id of an unknown tool', async () => {
    const { gateway } = await startClinic();
    const refused = await run(gateway, UPDATE, { id: id('VoiceTool:nothing'), description: 'A' });
    expect(refused).toMatchObject({ __typename: 'NotFoundError', path: ['id'] });
  });
});

describe('deleting a voice tool', () => {
  test('returns its id', async () => {
    const { gateway, tool } = await startClinic();
    expect(await run(gateway, DELETE, { id: tool })).toEqual({ deletedId: tool });
    expect(writes(gateway)).toMatchObject([{ method: 'DELETE' }]);
  });

  test('is forbidden for a built-in tool', async () => {
    const { gateway, builtIn } = await startClinic();
    const refused = await run(gateway, DELETE, { id: builtIn });
    expect(refused).toMatchObject({ __typename: 'ForbiddenError', code: 'FORBIDDEN', path: null });
  });

  test('names the id of an unknown tool', async () => {
    const { gateway } = await startClinic();
    const refused = await run(gateway, DELETE, { id: id('VoiceTool:nothing') });
    expect(refused).toMatchObject({ __typename: 'NotFoundError', path: ['id'] });
  });
});
