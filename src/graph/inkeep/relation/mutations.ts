import { attachTool, changeRelation, detachTool } from '../../../upstream/inkeep/attach.js';
import {
  type AgentKey,
  projectOf,
  type RelationKey,
  type SubAgentKey,
  type ToolKey,
} from '../../../upstream/inkeep/keys.js';
import { deleteRelation, getRelation, type UpstreamRelation } from '../../../upstream/inkeep/relation.js';
import type { Operation } from '../../../upstream/operation.js';
import { builder } from '../../core/builder.js';
import { write } from '../../core/run-mutation.js';
import { NotFoundError } from '../../core/user-errors.js';
import { linkedSubAgent, SubAgent, type SubAgentRef, subAgentRef } from '../sub-agent.js';
import { linkedTool } from '../tool/loader.js';
import { Tool, type ToolRef, toolRef } from '../tool/ref.js';
import {
  AttachToolToSubAgentInput,
  DetachToolFromSubAgentInput,
  readAttachToolToSubAgent,
  readDetachToolFromSubAgent,
  readUpdateSubAgentToolRelation,
  relationBody,
  toRelationInputPath,
  UpdateSubAgentToolRelationInput,
} from './inputs.js';
import { knownRelationRef, RelationId, type RelationRef, relationRef, SubAgentToolRelation } from './ref.js';

export const AttachOutcome = builder.enumType('AttachOutcome', {
  description: 'What attaching did.',
  values: {
    CREATED: { description: 'It was not attached, and is now.' },
    UPDATED: { description: 'It was attached, and something of it changed.' },
    UNCHANGED: { description: 'It was attached just so already. Nothing was written.' },
  },
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

builder.mutationFields((t) => ({
  attachToolToSubAgent: t.field({
    type: AttachToolToSubAgentPayload,
    extensions: { upstream: 'inkeep' },
    nullable: true,
    errors: {},
    description:
      'Gives a sub-agent a tool, or changes what it has of it. Safe to repeat, by many at once: there is one relation for each pair, and `outcome` tells what was done.',
    args: {
      input: t.arg({ type: AttachToolToSubAgentInput, required: true, description: 'Which tool for which sub-agent.' }),
    },
    resolve: (_root, { input }, context) => {
      const { subAgent, tool, ...fields } = readAttachToolToSubAgent(input);
      const pair = { ...subAgent, toolId: tool.toolId };
      return write(context, { target: 'subAgent', touches: projectOf(subAgent), ...told(fields) }, async () => {
        const { relation, outcome } = await attachTool(context.operation, pair, relationBody(fields));
        return { relation: knownRelationRef(pair, relation), outcome };
      });
    },
  }),
  updateSubAgentToolRelation: t.field({
    type: UpdateSubAgentToolRelationPayload,
    extensions: { upstream: 'inkeep' },
    nullable: true,
    errors: {},
    description:
      'Changes what a sub-agent has of a tool, or moves the relation to another sub-agent or tool. A relation that moves gets a new id.',
    args: { input: t.arg({ type: UpdateSubAgentToolRelationInput, required: true, description: 'What to change.' }) },
    resolve: (_root, { input }, context) => {
      const { id: key, subAgent, tool, ...fields } = readUpdateSubAgentToolRelation(input);
      const target = { subAgentId: subAgent?.subAgentId, toolId: tool?.toolId };
      const conflict = subAgent && tool ? null : [subAgent ? 'subAgent' : 'tool'];
      return write(context, { target: 'id', touches: projectOf(key), conflict, ...told(fields) }, async () => {
        const relation = await changeRelation(context.operation, key, target, relationBody(fields));
        if (!relation) throw new NotFoundError('There is no such relation.', ['id']);
        return { relation: relationRef(key, relation) };
      });
    },
  }),
  detachToolFromSubAgent: t.field({
    type: DetachToolFromSubAgentPayload,
    extensions: { upstream: 'inkeep' },
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
      const { id, pair } = readDetachToolFromSubAgent(input);
      const touches = projectOf(id ?? pair.subAgent);
      return write(context, { target: id ? 'id' : 'pair', touches }, async () =>
        id
          ? detached(id, await detachById(context.operation, id))
          : detached(pair.subAgent, await detachPair(context.operation, pair)),
      );
    },
  }),
}));

type Fields = Parameters<typeof relationBody>[0];

/** How the upstream's words about the fields of a relation reach a form. */
function told(fields: Fields) {
  return { toInputPath: toRelationInputPath(fields), secrets: [fields.headers] };
}

async function detachById(operation: Operation, key: RelationKey): Promise<UpstreamRelation> {
  const relation = await getRelation(operation, key).row;
  if (!relation) throw new NotFoundError('There is no such relation.', ['id']);
  await deleteRelation(operation, key);
  return relation;
}

async function detachPair(
  operation: Operation,
  { subAgent, tool }: { subAgent: SubAgentKey; tool: ToolKey },
): Promise<UpstreamRelation> {
  const relation = await detachTool(operation, { ...subAgent, toolId: tool.toolId });
  if (!relation) throw new NotFoundError('The sub-agent does not have this tool.', ['pair']);
  return relation;
}

function detached(key: AgentKey, relation: UpstreamRelation) {
  const { tenantId, projectId, agentId } = key;
  return {
    deletedId: RelationId.encode({ tenantId, projectId, agentId, relationId: relation.id }),
    subAgent: subAgentRef({ tenantId, projectId, agentId, subAgentId: relation.subAgentId }),
    tool: toolRef({ tenantId, projectId, toolId: relation.toolId }),
  };
}
