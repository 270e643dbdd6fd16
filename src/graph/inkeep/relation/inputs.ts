import { z } from 'zod';
import type { ProjectKey } from '../../../upstream/inkeep/keys.js';
import type { RelationBody } from '../../../upstream/inkeep/relation.js';
import { builder } from '../../core/builder.js';
import { isWrong, type NodeIdType, type NodeKey } from '../../core/ids/node-id.js';
import {
  changesSomething,
  given,
  headersInput,
  type InputCheck,
  namedOnce,
  nodeId,
  parseInput,
} from '../../core/mutations/input-checks.js';
import { type InputIssue, InvalidInputError } from '../../core/mutations/user-errors.js';
import { SubAgentId } from '../sub-agent.js';
import { ToolId } from '../tool/ref.js';
import { RelationId } from './ref.js';

const ToolPolicyInput = builder.inputType('ToolPolicyInput', {
  description: 'A rule for one function of a tool.',
  fields: (t) => ({
    toolName: t.string({
      required: true,
      description: 'Name of the function on the server. Each function can be given once.',
    }),
    needsApproval: t.boolean({ required: true, description: 'Whether a person must approve each call.' }),
  }),
});

export const AttachToolToSubAgentInput = builder.inputType('AttachToolToSubAgentInput', {
  description:
    'A tool for a sub-agent. If the relation exists, a field that is left out stays unchanged, and null clears it.',
  fields: (t) => ({
    subAgent: t.id({ required: true, description: 'The `id` of the sub-agent, not its `subAgentId`.' }),
    tool: t.id({ required: true, description: 'The `id` of a tool of the same project, not its `toolId`.' }),
    selectedTools: t.stringList({
      description: 'Functions that the sub-agent may use. Null means all, an empty list none.',
    }),
    headers: t.field({ type: 'JSONObject', description: 'HTTP headers to send to the MCP server for this sub-agent.' }),
    toolPolicies: t.field({
      type: [ToolPolicyInput],
      description: 'Rules for single functions. Replaces all of them.',
    }),
  }),
});

export const UpdateSubAgentToolRelationInput = builder.inputType('UpdateSubAgentToolRelationInput', {
  description: 'Changes to a relation. A field that is left out stays unchanged, and null clears it.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The `id` of the relation, not its `relationId`.' }),
    subAgent: t.id({ description: 'The `id` of another sub-agent of the same agent, to which the relation moves.' }),
    tool: t.id({ description: 'The `id` of another tool of the project, which replaces the tool.' }),
    selectedTools: t.stringList({
      description: 'Functions that the sub-agent may use. Null means all, an empty list none.',
    }),
    headers: t.field({ type: 'JSONObject', description: 'HTTP headers to send to the MCP server for this sub-agent.' }),
    toolPolicies: t.field({
      type: [ToolPolicyInput],
      description: 'Rules for single functions. Replaces all of them.',
    }),
  }),
});

const SubAgentToolPairInput = builder.inputType('SubAgentToolPairInput', {
  description: 'A sub-agent and a tool that it has.',
  fields: (t) => ({
    subAgent: t.id({ required: true, description: 'The `id` of the sub-agent, not its `subAgentId`.' }),
    tool: t.id({ required: true, description: 'The `id` of the tool, not its `toolId`.' }),
  }),
});

export const DetachToolFromSubAgentInput = builder.inputType('DetachToolFromSubAgentInput', {
  description: 'The tool to detach: given by its relation, or by sub-agent and tool.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'The `id` of the relation, not its `relationId`.' }),
    pair: t.field({ type: SubAgentToolPairInput, description: 'The sub-agent and the tool.' }),
  }),
});

const bodyShape = {
  selectedTools: z.array(z.string()).nullish(),
  headers: headersInput.nullish(),
  toolPolicies: z
    .array(z.object({ toolName: z.string().min(1, 'A function must have a name.'), needsApproval: z.boolean() }))
    .nullish(),
};

const pairShape = { subAgent: nodeId(SubAgentId), tool: nodeId(ToolId) };

const attachShape = z.object({ ...pairShape, ...bodyShape });

const updateShape = z.object({
  id: nodeId(RelationId),
  subAgent: pairShape.subAgent.optional(),
  tool: pairShape.tool.optional(),
  ...bodyShape,
});

const detachShape = z.object({ id: nodeId(RelationId).optional(), pair: z.object(pairShape).optional() });

/** The checked input of attachToolToSubAgent. Throws InvalidInputError with every problem. */
export function readAttachToolToSubAgent(input: unknown) {
  return parseInput(attachShape, input, toolOfSameProject, namedOnce('toolPolicies'));
}

/** The checked input of updateSubAgentToolRelation. Throws InvalidInputError with every problem. */
export function readUpdateSubAgentToolRelation(input: unknown) {
  return parseInput(updateShape, input, sameParents, namedOnce('toolPolicies'), changesSomething('relation'));
}

/** The checked input of detachToolFromSubAgent: a relation or a pair. Throws InvalidInputError with every problem. */
export function readDetachToolFromSubAgent(input: unknown) {
  const { id, pair } = parseInput(detachShape, input, ({ pair }) =>
    toolOfSameProject(isInput(pair) ? pair : {}).map(({ path, message }) => ({ path: ['pair', ...path], message })),
  );
  if (id) return { id };
  if (pair) return { pair };
  throw new InvalidInputError([{ path: [], message: 'Give either "id" or "pair".' }]);
}

type Input = Parameters<InputCheck>[0];

function isInput(value: unknown): value is Input {
  return typeof value === 'object' && value !== null;
}

function toolOfSameProject({ subAgent, tool }: Input): readonly InputIssue[] {
  const parent = keyIn(SubAgentId, subAgent);
  return toolOfOtherProject(parent, tool, 'The tool and the sub-agent must belong to the same project.');
}

function sameParents({ id, subAgent, tool }: Input): readonly InputIssue[] {
  const relation = keyIn(RelationId, id);
  const target = keyIn(SubAgentId, subAgent);
  const message = 'The sub-agent and the relation must belong to the same agent.';
  const isOther = relation && target && (isOtherProject(relation, target) || relation.agentId !== target.agentId);
  return [
    ...(isOther ? [{ path: ['subAgent'], message }] : []),
    ...toolOfOtherProject(relation, tool, 'The tool and the relation must belong to the same project.'),
  ];
}

function toolOfOtherProject(parent: ProjectKey | undefined, tool: unknown, message: string): readonly InputIssue[] {
  const key = keyIn(ToolId, tool);
  return parent && key && isOtherProject(parent, key) ? [{ path: ['tool'], message }] : [];
}

function isOtherProject(a: ProjectKey, b: ProjectKey): boolean {
  return a.tenantId !== b.tenantId || a.projectId !== b.projectId;
}

/** The key in an id; undefined for any other value, which the shape reports. */
function keyIn<Part extends string>(type: NodeIdType<Part>, id: unknown): NodeKey<Part> | undefined {
  const key = typeof id === 'string' ? type.read(id) : undefined;
  return key && !isWrong(key) ? key : undefined;
}

type Fields = Pick<z.infer<typeof attachShape>, keyof typeof bodyShape>;

/** The REST body for the given fields, null included. */
export function relationBody({ selectedTools, headers, toolPolicies }: Fields): RelationBody {
  const rules = toolPolicies?.map(({ toolName, needsApproval }) => [toolName, { needsApproval }] as const);
  return given({
    selectedTools,
    headers,
    toolPolicies: rules ? Object.fromEntries(rules) : toolPolicies,
  }) as RelationBody;
}

/**
 * Maps a path in the REST body of a relation to the path in the mutation's input. Policies are an object by name upstream and a
 * list here: `toolPolicies.search` becomes `toolPolicies.0`.
 */
export function toRelationInputPath({ toolPolicies }: Pick<Fields, 'toolPolicies'>) {
  return (path: readonly string[]): readonly string[] => {
    const [first, name, ...rest] = path;
    if (first === 'subAgentId') return ['subAgent'];
    if (first === 'toolId') return ['tool'];
    if (first !== 'toolPolicies' || name === undefined) return path;
    const index = toolPolicies?.findIndex(({ toolName }) => toolName === name) ?? -1;
    return ['toolPolicies', ...(index < 0 ? [] : [String(index), ...rest])];
  };
}
