import { z } from 'zod';
import { attachTool, changeRelation, detachTool, type PairKey } from '../upstream/inkeep/attach.js';
import type { SubAgentKey } from '../upstream/inkeep/keys.js';
import { deleteRelation, getRelation, type RelationBody } from '../upstream/inkeep/relation.js';
import { builder } from './builder.js';
import { given, headersInput, nodeId, parseInput, requireChange } from './input.js';
import { encodeNodeId, type NodeKey } from './node-id.js';
import {
  type RelationRef,
  relationRef,
  SubAgent,
  type SubAgentRef,
  SubAgentToolRelation,
  subAgentRef,
  Tool,
  type ToolRef,
  toolRef,
} from './refs.js';
import { linkedSubAgent } from './sub-agent-tool-relation.js';
import { linkedTool } from './tool-loader.js';
import { InvalidInputError, NotFoundError } from './user-errors.js';
import { write } from './write.js';

export const AttachOutcome = builder.enumType('AttachOutcome', {
  description: 'What attaching did.',
  values: {
    CREATED: { description: 'It was not attached, and is now.' },
    UPDATED: { description: 'It was attached, and something of it changed.' },
    UNCHANGED: { description: 'It was attached just so already. Nothing was written.' },
  },
});

const ToolPolicyInput = builder.inputType('ToolPolicyInput', {
  description: 'A rule for one function of a tool.',
  fields: (t) => ({
    toolName: t.string({ required: true, description: 'The function, by the server’s own name; each once.' }),
    needsApproval: t.boolean({ required: true, description: 'Whether a person must approve each call.' }),
  }),
});

const AttachToolToSubAgentInput = builder.inputType('AttachToolToSubAgentInput', {
  description: 'A tool for a sub-agent. On a relation that exists, a field left out stays as it is and null clears it.',
  fields: (t) => ({
    subAgent: t.id({ required: true, description: 'Global id of the sub-agent.' }),
    tool: t.id({ required: true, description: 'Global id of the tool, of the same project.' }),
    selectedTools: t.stringList({ description: 'Functions that may be used; null: all of them; empty: none.' }),
    headers: t.field({ type: 'JSONObject', description: 'HTTP headers to send to the MCP server for this sub-agent.' }),
    toolPolicies: t.field({ type: [ToolPolicyInput], description: 'Rules for single functions, all of them anew.' }),
  }),
});

const UpdateSubAgentToolRelationInput = builder.inputType('UpdateSubAgentToolRelationInput', {
  description: 'Changes to a relation. A field left out stays as it is; null clears it.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id of the relation.' }),
    subAgent: t.id({ description: 'Global id of another sub-agent of the same agent, to move it there.' }),
    tool: t.id({ description: 'Global id of another tool of the project, to put in its place.' }),
    selectedTools: t.stringList({ description: 'Functions that may be used; null: all of them; empty: none.' }),
    headers: t.field({ type: 'JSONObject', description: 'HTTP headers to send to the MCP server for this sub-agent.' }),
    toolPolicies: t.field({ type: [ToolPolicyInput], description: 'Rules for single functions, all of them anew.' }),
  }),
});

const SubAgentToolPairInput = builder.inputType('SubAgentToolPairInput', {
  description: 'A sub-agent and a tool it has.',
  fields: (t) => ({
    subAgent: t.id({ required: true, description: 'Global id of the sub-agent.' }),
    tool: t.id({ required: true, description: 'Global id of the tool.' }),
  }),
});

const DetachToolFromSubAgentInput = builder.inputType('DetachToolFromSubAgentInput', {
  description: 'Which tool to take from which sub-agent: by their relation, or by the two.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'Global id of the relation.' }),
    pair: t.field({ type: SubAgentToolPairInput, description: 'The sub-agent and the tool.' }),
  }),
});

const AttachToolToSubAgentPayload = builder
  .objectRef<{ relation: RelationRef; outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED' }>('AttachToolToSubAgentPayload')
  .implement({
    description: 'The sub-agent has the tool.',
    fields: (t) => ({
      relation: t.expose('relation', {
        type: SubAgentToolRelation,
        nullable: false,
        description: 'The one relation of the two.',
      }),
      outcome: t.expose('outcome', { type: AttachOutcome, nullable: false, description: 'What was done for it.' }),
    }),
  });

const UpdateSubAgentToolRelationPayload = builder
  .objectRef<{ relation: RelationRef }>('UpdateSubAgentToolRelationPayload')
  .implement({
    description: 'The relation is changed.',
    fields: (t) => ({
      relation: t.expose('relation', {
        type: SubAgentToolRelation,
        nullable: false,
        description: 'The relation as it is now.',
      }),
    }),
  });

const DetachToolFromSubAgentPayload = builder
  .objectRef<{ deletedId: string; subAgent: SubAgentRef; tool: ToolRef }>('DetachToolFromSubAgentPayload')
  .implement({
    description: 'The sub-agent no longer has the tool.',
    fields: (t) => ({
      deletedId: t.exposeID('deletedId', { nullable: false, description: 'Global id of the relation that is gone.' }),
      subAgent: t.field({
        type: SubAgent,
        nullable: true,
        description: 'The sub-agent. Its ids cost nothing; other fields one call.',
        resolve: ({ subAgent }, _args, context, info) => linkedSubAgent(context, subAgent, info),
      }),
      tool: t.field({
        type: Tool,
        nullable: true,
        description: 'The tool, which is still in the project. Its ids cost nothing.',
        resolve: ({ tool }, _args, context, info) => linkedTool(context, tool, info),
      }),
    }),
  });

const policies = z
  .array(z.object({ toolName: z.string().min(1, 'A function has a name.'), needsApproval: z.boolean() }))
  .check((context) => {
    const names = context.value.map(({ toolName }) => toolName);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      const message = 'This function is named twice.';
      context.issues.push({ code: 'custom', input: name, path: [index, 'toolName'], message });
    }
  });

const bodyShape = {
  selectedTools: z.array(z.string()).nullish(),
  headers: headersInput.nullish(),
  toolPolicies: policies.nullish(),
};

const attachShape = z.object({ subAgent: nodeId('SubAgent'), tool: nodeId('Tool'), ...bodyShape });

const updateShape = z.object({
  id: nodeId('SubAgentToolRelation'),
  subAgent: nodeId('SubAgent').optional(),
  tool: nodeId('Tool').optional(),
  ...bodyShape,
});

const detachShape = z.object({
  id: nodeId('SubAgentToolRelation').optional(),
  pair: z.object({ subAgent: nodeId('SubAgent'), tool: nodeId('Tool') }).optional(),
});

builder.mutationFields((t) => ({
  attachToolToSubAgent: t.field({
    type: AttachToolToSubAgentPayload,
    nullable: true,
    errors: {},
    description:
      'Gives a sub-agent a tool, or changes what it has of it. Safe to repeat, by many at once: there is one relation for each pair, and `outcome` tells what was done.',
    args: {
      input: t.arg({ type: AttachToolToSubAgentInput, required: true, description: 'Which tool for which sub-agent.' }),
    },
    resolve: (_root, { input }, context) => {
      const { subAgent, tool, ...fields } = parseInput(attachShape, input);
      const pair = pairOf(subAgent, tool, ['tool']);
      return write(context, { target: 'subAgent', toInputPath: toRelationInputPath(fields) }, async () => {
        const { relation, outcome } = await attachTool(context.operation, pair, relationBody(fields));
        return { relation: relationRef(pair, relation), outcome };
      });
    },
  }),
  updateSubAgentToolRelation: t.field({
    type: UpdateSubAgentToolRelationPayload,
    nullable: true,
    errors: {},
    description: 'Changes what a sub-agent has of a tool, or moves the relation to another sub-agent or tool.',
    args: { input: t.arg({ type: UpdateSubAgentToolRelationInput, required: true, description: 'What to change.' }) },
    resolve: (_root, { input }, context) => {
      const { id: key, subAgent, tool, ...fields } = parseInput(updateShape, input);
      requireSameParent(key, subAgent, tool);
      const body = relationBody(fields);
      requireChange({ ...body, ...given({ subAgent, tool }) }, 'relation');
      return write(context, { target: 'id', toInputPath: toRelationInputPath(fields) }, async () => {
        const target = { subAgentId: subAgent?.subAgentId, toolId: tool?.toolId };
        const relation = await changeRelation(context.operation, key, target, body);
        if (!relation) throw new NotFoundError('There is no such relation.', ['id']);
        return { relation: relationRef(key, relation) };
      });
    },
  }),
  detachToolFromSubAgent: t.field({
    type: DetachToolFromSubAgentPayload,
    nullable: true,
    errors: {},
    description: 'Takes a tool from a sub-agent. The tool stays in the project.',
    args: {
      input: t.arg({
        type: DetachToolFromSubAgentInput,
        required: true,
        description: 'Which tool from which sub-agent.',
      }),
    },
    resolve: (_root, { input }, context) => {
      const { id, pair } = parseInput(detachShape, input);
      return id
        ? write(context, { target: 'id' }, async () => {
            const relation = await getRelation(context.operation, id).row;
            if (!relation) throw new NotFoundError('There is no such relation.', ['id']);
            await deleteRelation(context.operation, id);
            return detached(id, relation);
          })
        : write(context, { target: 'pair' }, async () => {
            if (!pair) throw new InvalidInputError([{ path: [], message: 'Give "id" or "pair".' }]);
            const key = pairOf(pair.subAgent, pair.tool, ['pair', 'tool']);
            const relation = await detachTool(context.operation, key);
            if (!relation) throw new NotFoundError('The sub-agent does not have this tool.', ['pair']);
            return detached(key, relation);
          });
    },
  }),
}));

function detached(key: NodeKey<'Agent'>, relation: { id: string; subAgentId: string; toolId: string }) {
  return {
    deletedId: encodeNodeId('SubAgentToolRelation', { ...key, relationId: relation.id }),
    subAgent: subAgentRef({ ...key, subAgentId: relation.subAgentId }),
    tool: toolRef({ ...key, toolId: relation.toolId }),
  };
}

function pairOf(subAgent: SubAgentKey, tool: NodeKey<'Tool'>, path: readonly string[]): PairKey {
  if (tool.tenantId === subAgent.tenantId && tool.projectId === subAgent.projectId) {
    return { ...subAgent, toolId: tool.toolId };
  }
  throw new InvalidInputError([{ path, message: 'The tool belongs to another project than the sub-agent.' }]);
}

function requireSameParent(
  key: NodeKey<'Agent'>,
  subAgent: NodeKey<'SubAgent'> | undefined,
  tool: NodeKey<'Tool'> | undefined,
): void {
  const isOther = (other: NodeKey<'Project'>): boolean =>
    other.tenantId !== key.tenantId || other.projectId !== key.projectId;
  const issues = [];
  if (subAgent && (isOther(subAgent) || subAgent.agentId !== key.agentId)) {
    issues.push({ path: ['subAgent'], message: 'The sub-agent belongs to another agent than the relation.' });
  }
  if (tool && isOther(tool)) {
    issues.push({ path: ['tool'], message: 'The tool belongs to another project than the relation.' });
  }
  if (issues.length > 0) throw new InvalidInputError(issues);
}

type Fields = Pick<z.infer<typeof attachShape>, keyof typeof bodyShape>;

function relationBody({ toolPolicies, ...fields }: Fields): RelationBody {
  if (!toolPolicies) return given({ ...fields, toolPolicies });
  const rules = toolPolicies.map(({ toolName, needsApproval }) => [toolName, { needsApproval }] as const);
  return given({ ...fields, toolPolicies: Object.fromEntries(rules) });
}

/** A place in the REST body of a relation as the place in the mutation's input. */
function toRelationInputPath({ toolPolicies }: Fields) {
  return ([first, second, ...rest]: readonly string[]): readonly string[] => {
    if (first === 'subAgentId') return ['subAgent'];
    if (first === 'toolId') return ['tool'];
    const others = second === undefined ? [] : [second, ...rest];
    if (first !== 'toolPolicies') return first === undefined ? [] : [first, ...others];
    const index = toolPolicies?.findIndex(({ toolName }) => toolName === second) ?? -1;
    return ['toolPolicies', ...(index < 0 ? [] : [String(index), ...rest])];
  };
}
