import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidInputError } from '../../../../src/graph/core/mutations/user-errors.js';
import * as relations from '../../../../src/graph/inkeep/relation/inputs.js';
import * as tools from '../../../../src/graph/inkeep/tool/inputs.js';
import * as voice from '../../../../src/graph/kataven/inputs.js';

const READERS = {
  createTool: tools.readCreateTool,
  updateTool: tools.readUpdateTool,
  deleteTool: tools.readDeleteTool,
  attachToolToSubAgent: relations.readAttachToolToSubAgent,
  updateSubAgentToolRelation: relations.readUpdateSubAgentToolRelation,
  detachToolFromSubAgent: relations.readDetachToolFromSubAgent,
  attachToolToVoiceAgent: voice.readAttachToolToVoiceAgent,
  createVoiceTool: voice.readCreateVoiceTool,
  updateVoiceTool: voice.readUpdateVoiceTool,
  deleteVoiceTool: voice.readDeleteVoiceTool,
};

const nodeId = (text: string): string => Buffer.from(text).toString('base64url');

/** Valid, unusual and broken ids of every type, and other texts. */
const anyId = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.base64String(),
  fc
    .tuple(
      fc.constantFrom('Project', 'SubAgent', 'Tool', 'SubAgentToolRelation', 'VoiceAgent', 'VoiceTool', 'Nothing'),
      fc.array(fc.oneof(fc.constantFrom('default', 'a', '..', '%', '%2F', '%ED%A0%80'), fc.string()), { maxLength: 5 }),
    )
    .map(([type, parts]) => nodeId(`${type}:${parts.join('/')}`)),
);

const anyValue = fc.oneof(anyId, fc.jsonValue({ maxDepth: 4 }));
const anyObject = fc.dictionary(fc.string(), anyValue);
const anyItems = fc.array(fc.oneof(anyValue, fc.record({ toolName: anyValue, needsApproval: anyValue })));

/** Inputs whose members have the right names and any values. */
const inputLike = fc.record(
  {
    id: anyId,
    project: anyId,
    subAgent: anyId,
    tool: anyId,
    agent: anyId,
    pair: fc.oneof(anyValue, fc.record({ subAgent: anyId, tool: anyId })),
    toolId: anyValue,
    name: anyValue,
    description: anyValue,
    imageUrl: anyValue,
    config: fc.oneof(
      anyValue,
      fc.record({
        url: anyValue,
        transport: anyValue,
        activeTools: anyValue,
        prompt: anyValue,
        toolOverrides: anyItems,
      }),
    ),
    headers: fc.oneof(anyValue, anyObject),
    credentialReferenceId: anyValue,
    credentialScope: anyValue,
    capabilities: anyValue,
    selectedTools: anyValue,
    toolPolicies: fc.oneof(anyValue, anyItems),
    toolName: anyValue,
    enabled: anyValue,
    schema: anyValue,
    tags: anyValue,
  },
  { requiredKeys: [] },
);

test.each(Object.entries(READERS))('the check of %s only throws an InvalidInputError', (_field, read) => {
  fc.assert(
    fc.property(fc.oneof(inputLike, fc.jsonValue()), (input) => {
      const problem = thrownBy(() => read(input));
      if (problem === undefined) return;
      expect(problem).toBeInstanceOf(InvalidInputError);
      const { issues } = problem as InvalidInputError;
      expect(issues.length).toBeGreaterThan(0);
      for (const { path, message } of issues) {
        expect(path.every((name) => typeof name === 'string')).toBe(true);
        expect(message).not.toBe('');
      }
    }),
    { numRuns: 300 },
  );
});

/** Names that also occur in paths of a body. */
const functionName = fc.oneof(
  fc.constantFrom('mcp', 'server', 'toolOverrides', 'id', 'config', '0', 'constructor', '__proto__'),
  fc.string({ minLength: 1 }),
);

const toolInput = fc.record({
  id: fc.constant(nodeId('Tool:default/shop/search')),
  name: fc.constantFrom('A', 'B'),
  description: fc.string(),
  config: fc.record(
    {
      url: fc.webUrl(),
      prompt: fc.string(),
      activeTools: fc.array(fc.string()),
      transport: fc.record({ type: fc.constantFrom('SSE', 'STREAMABLE_HTTP'), sessionId: fc.string() }),
      toolOverrides: fc.uniqueArray(
        fc.record({ toolName: functionName, displayName: fc.string(), description: fc.string() }),
        { selector: ({ toolName }) => toolName },
      ),
    },
    { requiredKeys: ['url'] },
  ),
  headers: fc.dictionary(fc.stringMatching(/^[a-zA-Z-]{1,20}$/), fc.stringMatching(/^[a-z]{1,20}$/)),
});

test('maps a path in the body of a tool to the path of its value in the input', () => {
  fc.assert(
    fc.property(toolInput, (input) => {
      const { id: _id, ...fields } = tools.readUpdateTool(input);
      const toInputPath = tools.toToolInputPath(input.config.toolOverrides ?? []);
      for (const { path, value } of leavesOf(tools.toolBody(fields))) {
        const place = path.join('.');
        // Two members have other values in the body: the kind of tool, which is not in the input, and the transport.
        if (place === 'config.type') expect(toInputPath(path)).toEqual(['config']);
        else if (place === 'config.mcp.transport.type')
          expect(toInputPath(path)).toEqual(['config', 'transport', 'type']);
        else expect(valueAt(input, toInputPath(path))).toEqual(value);
      }
    }),
  );
});

const relationInput = fc.record({
  subAgent: fc.constant(nodeId('SubAgent:default/shop/helper/front')),
  tool: fc.constant(nodeId('Tool:default/shop/search')),
  selectedTools: fc.array(fc.string()),
  headers: fc.dictionary(fc.stringMatching(/^[a-zA-Z-]{1,20}$/), fc.stringMatching(/^[a-z]{1,20}$/)),
  toolPolicies: fc.uniqueArray(fc.record({ toolName: functionName, needsApproval: fc.boolean() }), {
    selector: ({ toolName }) => toolName,
  }),
});

test('maps a path in the body of a relation to the path of its value in the input', () => {
  fc.assert(
    fc.property(relationInput, (input) => {
      const { subAgent: _subAgent, tool: _tool, ...fields } = relations.readAttachToolToSubAgent(input);
      const toInputPath = relations.toRelationInputPath(fields);
      for (const { path, value } of leavesOf(relations.relationBody(fields))) {
        expect(valueAt(input, toInputPath(path))).toEqual(value);
      }
    }),
  );
});

test('maps any path to one that starts with a field of the input', () => {
  const fields = new Set(['id', 'name', 'description', 'config', 'headers', 'subAgent', 'tool', 'toolPolicies']);
  const first = fc.constantFrom(
    'id',
    'name',
    'description',
    'config',
    'headers',
    'toolPolicies',
    'subAgentId',
    'toolId',
  );
  fc.assert(
    fc.property(first, fc.array(functionName), (name, rest) => {
      const isOfTool = !['toolPolicies', 'subAgentId', 'toolId'].includes(name);
      const toInputPath = isOfTool ? tools.toToolInputPath([]) : relations.toRelationInputPath({ toolPolicies: [] });
      expect(fields).toContain(toInputPath([name, ...rest])[0]);
    }),
  );
});

function thrownBy(run: () => unknown): unknown {
  try {
    run();
    return undefined;
  } catch (error) {
    return error;
  }
}

interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

function leavesOf(value: unknown, path: readonly string[] = []): Leaf[] {
  if (typeof value !== 'object' || value === null) return [{ path, value }];
  return Object.entries(value).flatMap(([name, member]) => leavesOf(member, [...path, name]));
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((member, name) => (member as Record<string, unknown>)[name], value);
}
