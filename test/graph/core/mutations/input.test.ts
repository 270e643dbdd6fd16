import { describe, expect, test } from 'vitest';
import { TypedErrorDocument } from '../../../../schema/generated/graphql.js';
import { startGateway, type TestGateway } from '../../../support/gateway.js';

const id = (text: string): string => Buffer.from(text).toString('base64url');

const PROJECT = id('Project:default/support-desk');
const TOOL = id('Tool:default/support-desk/slack');
const SUB_AGENT = id('SubAgent:default/support-desk/triage/router');
const RELATION = id('SubAgentToolRelation:default/support-desk/triage/some-relation');
const VOICE_AGENT = id('VoiceAgent:agent_01');
const VOICE_TOOL = id('VoiceTool:tool_01');
const CONFIG = { url: 'https://mcp.example.com' };

type Input = Record<string, unknown>;

/** Sends a mutation and returns its InvalidInputError. */
async function problemsOf(gateway: TestGateway, field: string, input: Input) {
  const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
  const document = `mutation ($input: ${type}!) {
    ${field}(input: $input) { __typename ... on InvalidInputError { code message path issues { path message } } }
  }`;
  const { data, errors } = await gateway.query(document, { input });
  expect(errors).toBeUndefined();
  return data[field];
}

const pathsOf = ({ issues }: { issues: { path: string[] }[] }): string[] => issues.map(({ path }) => path.join('.'));

const seen = ({ sandbox }: TestGateway): number => sandbox.inkeep.count() + sandbox.kataven.count();

describe('an id that is malformed or of another type', () => {
  const cases: [string, Input, string[]][] = [
    ['createTool', { project: TOOL, name: 'A', config: CONFIG }, ['project']],
    ['updateTool', { id: 'nonsense', name: 'A' }, ['id']],
    ['deleteTool', { id: PROJECT }, ['id']],
    ['attachToolToSubAgent', { subAgent: TOOL, tool: SUB_AGENT }, ['subAgent', 'tool']],
    ['updateSubAgentToolRelation', { id: TOOL, subAgent: '', tool: PROJECT }, ['id', 'subAgent', 'tool']],
    ['detachToolFromSubAgent', { id: SUB_AGENT }, ['id']],
    ['detachToolFromSubAgent', { pair: { subAgent: TOOL, tool: '%' } }, ['pair.subAgent', 'pair.tool']],
    ['attachToolToVoiceAgent', { agent: VOICE_TOOL, toolName: 'take_message' }, ['agent']],
    ['updateVoiceTool', { id: VOICE_AGENT, description: 'A' }, ['id']],
    ['deleteVoiceTool', { id: TOOL }, ['id']],
  ];

  test.each(cases)('is an issue of its field in %s, and nothing is sent: %j', async (field, input, paths) => {
    const gateway = await startGateway();
    const refused = await problemsOf(gateway, field, input);
    expect(refused).toMatchObject({ __typename: 'InvalidInputError', code: 'INVALID_INPUT' });
    expect(pathsOf(refused)).toEqual(paths);
    expect(seen(gateway)).toBe(0);
  });
});

describe('an id with parts that cannot be upstream ids', () => {
  const cases: [string, Input, string[]][] = [
    ['updateTool', { id: id('Tool:default/support-desk/no%20spaces'), name: 'A' }, ['id']],
    ['deleteTool', { id: id('Tool:default/../slack') }, ['id']],
    ['createTool', { project: id('Project:default/a%2Fb'), name: 'A', config: CONFIG }, ['project']],
    ['attachToolToSubAgent', { subAgent: SUB_AGENT, tool: id('Tool:default/support-desk/a%3Fb') }, ['tool']],
    ['deleteVoiceTool', { id: id('VoiceTool:..') }, ['id']],
    ['attachToolToVoiceAgent', { agent: id(`VoiceAgent:${'x'.repeat(256)}`), toolName: 'a' }, ['agent']],
  ];

  test.each(cases)('is an issue of its field in %s, and nothing is sent', async (field, input, paths) => {
    const gateway = await startGateway();
    expect(pathsOf(await problemsOf(gateway, field, input))).toEqual(paths);
    expect(seen(gateway)).toBe(0);
  });
});

describe('an id of another project', () => {
  const other = id('Tool:default/another/slack');
  const cases: [string, Input, string[]][] = [
    ['attachToolToSubAgent', { subAgent: SUB_AGENT, tool: other }, ['tool']],
    ['attachToolToSubAgent', { subAgent: SUB_AGENT, tool: id('Tool:tenant-2/support-desk/slack') }, ['tool']],
    ['updateSubAgentToolRelation', { id: RELATION, tool: other }, ['tool']],
    [
      'updateSubAgentToolRelation',
      { id: RELATION, subAgent: id('SubAgent:default/support-desk/another/router') },
      ['subAgent'],
    ],
    ['detachToolFromSubAgent', { pair: { subAgent: SUB_AGENT, tool: other } }, ['pair.tool']],
  ];

  test.each(cases)('is an issue of its field in %s, and nothing is sent', async (field, input, paths) => {
    const gateway = await startGateway();
    expect(pathsOf(await problemsOf(gateway, field, input))).toEqual(paths);
    expect(seen(gateway)).toBe(0);
  });
});

describe('the check of an input', () => {
  const many: [string, Input, string[]][] = [
    [
      'createTool',
      {
        project: 'nonsense',
        toolId: 'new',
        name: ' ',
        imageUrl: 'ftp://a',
        config: {
          url: 'nowhere',
          toolOverrides: [{ toolName: 'a', displayName: 'A' }, { toolName: '', transformation: 5 }, { toolName: 'a' }],
        },
        headers: { 'bad name': 'value', Empty: '', Lines: 'a\nb', Number: 5 },
        credentialReferenceId: '',
        credentialScope: 'x'.repeat(51),
        capabilities: [],
      },
      [
        'project',
        'toolId',
        'name',
        'config.url',
        'config.toolOverrides.1.toolName',
        'config.toolOverrides.1.transformation',
        'imageUrl',
        'headers.bad name',
        'headers.Empty',
        'headers.Lines',
        'headers.Number',
        'credentialReferenceId',
        'credentialScope',
        'capabilities',
        'config.toolOverrides.2.toolName',
      ],
    ],
    ['updateTool', { id: 'nonsense', name: null, config: null }, ['id', 'name', 'config']],
    [
      'attachToolToSubAgent',
      {
        subAgent: SUB_AGENT,
        tool: id('Tool:default/another/slack'),
        headers: { 'a b': '' },
        toolPolicies: [
          { toolName: '', needsApproval: true },
          { toolName: 'find', needsApproval: true },
          { toolName: 'find', needsApproval: false },
        ],
      },
      ['headers.a b', 'headers.a b', 'toolPolicies.0.toolName', 'tool', 'toolPolicies.2.toolName'],
    ],
    ['attachToolToVoiceAgent', { agent: 'nonsense', toolName: '' }, ['agent', 'toolName']],
    ['createVoiceTool', { name: 'x'.repeat(256) }, ['name']],
  ];

  test.each(many)('of %s reports every problem, and sends nothing', async (field, input, paths) => {
    const gateway = await startGateway();
    const refused = await problemsOf(gateway, field, input);
    expect(pathsOf(refused)).toEqual(paths);
    expect(refused.path).toEqual(paths.length === 1 ? refused.issues[0].path : null);
    expect(seen(gateway)).toBe(0);
  });

  test.each([
    ['updateTool', { id: TOOL }],
    ['updateSubAgentToolRelation', { id: RELATION }],
    ['updateVoiceTool', { id: VOICE_TOOL }],
  ])('of %s rejects an input without changes, and sends nothing', async (field, input) => {
    const gateway = await startGateway();
    const refused = await problemsOf(gateway, field, input);
    expect(refused.issues).toEqual([{ path: [], message: expect.stringMatching(/^Give at least one field/) }]);
    expect(seen(gateway)).toBe(0);
  });

  test('describes a valid header name and header value', async () => {
    const gateway = await startGateway();
    const { issues } = await problemsOf(gateway, 'updateTool', { id: TOOL, headers: { 'a b': 'c', D: '' } });
    expect(issues).toEqual([
      {
        path: ['headers', 'a b'],
        message: "A header name must be 1 to 128 letters, digits or any of !#$%&'*+-.^_`|~.",
      },
      { path: ['headers', 'D'], message: 'A header value must be 1 to 1000 characters long.' },
    ]);
  });

  test('returns what the example operation expects', async () => {
    const gateway = await startGateway();
    const { data } = await gateway.query(TypedErrorDocument);
    expect(data?.createTool).toMatchObject({
      code: 'INVALID_INPUT',
      path: null,
      issues: [{ path: ['toolId'] }, { path: ['name'] }, { path: ['config', 'url'] }],
    });
  });
});

describe('a problem that only the upstream finds', () => {
  /** The upstream’s answer to an invalid body (observed): the issues are JSON in a string in the JSON body. */
  function zodError(issues: { path: (string | number)[]; message: string }[]) {
    const text = JSON.stringify(issues.map((issue) => ({ code: 'custom', ...issue })));
    const body = { success: false, error: { name: 'ZodError', message: text } };
    return { kind: 'status' as const, status: 400, body, headers: { 'content-type': 'application/json' } };
  }

  test.each([
    ['createTool', { project: PROJECT, name: 'A', config: CONFIG, headers: { Connection: 'close' } }],
    ['updateTool', { id: TOOL, headers: { Connection: 'close' } }],
    ['attachToolToSubAgent', { subAgent: SUB_AGENT, tool: TOOL, headers: { Connection: 'close' } }],
  ])('is an issue of the headers in %s if a header name is reserved', async (field, input) => {
    const gateway = await startGateway();
    const { issues } = await problemsOf(gateway, field, input);
    expect(issues).toEqual([{ path: ['headers'], message: 'Reserved header name: Connection' }]);
  });

  test('in a config is an issue at its path in the input', async () => {
    const gateway = await startGateway();
    gateway.sandbox.inkeep.fault({
      operation: 'update-tool',
      ...zodError([
        { path: ['config', 'mcp', 'server', 'url'], message: 'No such host' },
        { path: ['config', 'mcp', 'transport', 'type'], message: 'Not that one' },
        { path: ['config', 'mcp', 'activeTools', 0], message: 'Not active' },
        { path: ['config', 'mcp', 'toolOverrides', 'buy', 'displayName'], message: 'Too long' },
        { path: ['config', 'type'], message: 'Not that kind' },
        { path: ['id'], message: 'Reserved' },
      ]),
    });
    const toolOverrides = [{ toolName: 'find' }, { toolName: 'buy', displayName: 'Buy' }];
    const refused = await problemsOf(gateway, 'updateTool', { id: TOOL, config: { ...CONFIG, toolOverrides } });
    expect(refused.issues).toEqual([
      { path: ['config', 'url'], message: 'No such host' },
      { path: ['config', 'transport', 'type'], message: 'Not that one' },
      { path: ['config', 'activeTools', '0'], message: 'Not active' },
      { path: ['config', 'toolOverrides', '1', 'displayName'], message: 'Too long' },
      { path: ['config'], message: 'Not that kind' },
      { path: ['id'], message: 'Reserved' },
    ]);
  });

  test('in the id of a new tool is an issue of toolId', async () => {
    const gateway = await startGateway();
    gateway.sandbox.inkeep.fault({ operation: 'create-tool', ...zodError([{ path: ['id'], message: 'Reserved' }]) });
    const input = { project: PROJECT, toolId: 'mine', name: 'A', config: CONFIG };
    expect((await problemsOf(gateway, 'createTool', input)).issues).toEqual([
      { path: ['toolId'], message: 'Reserved' },
    ]);
  });

  test('in a relation is an issue at its path in the input', async () => {
    const gateway = await startGateway();
    gateway.sandbox.inkeep.fault({
      operation: 'create-subagent-tool-relation',
      ...zodError([
        { path: ['subAgentId'], message: 'Bad sub-agent' },
        { path: ['toolId'], message: 'Bad tool' },
        { path: ['selectedTools', 1], message: 'Bad function' },
        { path: ['toolPolicies', 'buy', 'needsApproval'], message: 'Bad rule' },
      ]),
    });
    const toolPolicies = ['find', 'buy'].map((toolName) => ({ toolName, needsApproval: true }));
    const refused = await problemsOf(gateway, 'attachToolToSubAgent', {
      subAgent: SUB_AGENT,
      tool: TOOL,
      toolPolicies,
    });
    expect(refused.issues).toEqual([
      { path: ['subAgent'], message: 'Bad sub-agent' },
      { path: ['tool'], message: 'Bad tool' },
      { path: ['selectedTools', '1'], message: 'Bad function' },
      { path: ['toolPolicies', '1', 'needsApproval'], message: 'Bad rule' },
    ]);
  });

  test('without a reason is an issue of the whole input', async () => {
    const gateway = await startGateway();
    gateway.sandbox.inkeep.fault({ kind: 'status', status: 422, operation: 'update-tool' });
    expect(await problemsOf(gateway, 'updateTool', { id: TOOL, name: 'A' })).toMatchObject({
      path: null,
      issues: [{ path: [], message: 'The upstream did not accept the input and gave no reason.' }],
    });
  });
});
