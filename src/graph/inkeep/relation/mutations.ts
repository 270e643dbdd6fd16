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
import { runMutation } from '../../core/mutations/run-mutation.js';
import { NotFoundError } from '../../core/mutations/user-errors.js';
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
  description: 'What `attachToolToSubAgent` or `attachToolToVoiceAgent` did.',
  values: {
    CREATED: { description: 'The tool was not attached before.' },
    UPDATED: { description: 'The tool was already attached, and its settings changed.' },
    UNCHANGED: { description: 'The tool was already attached with these settings. Nothing was written.' },
  },
});

const AttachToolToSubAgentPayload = builder
  .objectRef<{ relation: RelationRef; outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED' }>('AttachToolToSubAgentPayload')
  .implement({
    description: 'The sub-agent has the tool. Returned by `attachToolToSubAgent`.',
    fields: (t) => ({
      relation: t.expose('relation', {
        type: SubAgentToolRelation,
        nullable: false,
        description: 'The only relation of the sub-agent and the tool.',
      }),
      outcome: t.expose('outcome', { type: AttachOutcome, nullable: false, description: 'What the attach did.' }),
    }),
  });

const UpdateSubAgentToolRelationPayload = builder
  .objectRef<{ relation: RelationRef }>('UpdateSubAgentToolRelationPayload')
  .implement({
    description: 'The relation was changed. Returned by `updateSubAgentToolRelation`.',
    fields: (t) => ({
      relation: t.expose('relation', {
        type: SubAgentToolRelation,
        nullable: false,
        description: 'The relation after the change.',
      }),
    }),
  });

const DetachToolFromSubAgentPayload = builder
  .objectRef<{ deletedId: string; subAgent: SubAgentRef; tool: ToolRef }>('DetachToolFromSubAgentPayload')
  .implement({
    description: 'The sub-agent no longer has the tool. Returned by `detachToolFromSubAgent`.',
    fields: (t) => ({
      deletedId: t.exposeID('deletedId', { nullable: false, description: 'Global id of the deleted relation.' }),
      subAgent: t.field({
        type: SubAgent,
        nullable: true,
        description: 'The sub-agent. Reading only its ids needs no upstream call; other fields need one.',
        resolve: ({ subAgent }, _args, context, info) => linkedSubAgent(context, subAgent, info),
      }),
      tool: t.field({
        type: Tool,
        nullable: true,
        description: 'The tool, which stays in the project. Reading only its ids needs no upstream call.',
        resolve: ({ tool }, _args, context, info) => linkedTool(context, tool, info),
      }),
    }),
  });

builder.mutationFields((t) => ({
  attachToolToSubAgent: t.field({
    type: AttachToolToSubAgentPayload,
    extensions: { upstream: 'inkeep', reads: { calls: 30, probes: 1 } },
    nullable: true,
    errors: {},
    description:
      'Attaches a tool to a sub-agent, or changes the settings of their relation. Safe to repeat, also by several clients at once: there is one relation per pair, and `outcome` shows what was done.',
    args: {
      input: t.arg({ type: AttachToolToSubAgentInput, required: true, description: 'The tool and the sub-agent.' }),
    },
    resolve: (_root, { input }, context) => {
      const { subAgent, tool, ...fields } = readAttachToolToSubAgent(input);
      const pair = { ...subAgent, toolId: tool.toolId };
      return runMutation(
        context,
        { target: 'subAgent', touches: projectOf(subAgent), ...fieldErrors(fields) },
        async () => {
          const { relation, outcome } = await attachTool(context.operation, pair, relationBody(fields));
          return { relation: knownRelationRef(pair, relation), outcome };
        },
      );
    },
  }),
  updateSubAgentToolRelation: t.field({
    type: UpdateSubAgentToolRelationPayload,
    extensions: { upstream: 'inkeep', reads: { calls: 30, probes: 1 } },
    nullable: true,
    errors: {},
    description:
      'Changes the settings of a relation, or moves it to another sub-agent or tool. A relation that moves gets a new id.',
    args: { input: t.arg({ type: UpdateSubAgentToolRelationInput, required: true, description: 'What to change.' }) },
    resolve: (_root, { input }, context) => {
      const { id: key, subAgent, tool, ...fields } = readUpdateSubAgentToolRelation(input);
      const target = { subAgentId: subAgent?.subAgentId, toolId: tool?.toolId };
      const conflict = subAgent && tool ? null : [subAgent ? 'subAgent' : 'tool'];
      return runMutation(
        context,
        { target: 'id', touches: projectOf(key), conflict, ...fieldErrors(fields) },
        async () => {
          const relation = await changeRelation(context.operation, key, target, relationBody(fields));
          if (!relation) throw new NotFoundError('The relation does not exist.', ['id']);
          return { relation: relationRef(key, relation) };
        },
      );
    },
  }),
  detachToolFromSubAgent: t.field({
    type: DetachToolFromSubAgentPayload,
    extensions: { upstream: 'inkeep', reads: { calls: 30, probes: 1 } },
    nullable: true,
    errors: {},
    description: 'Detaches a tool from a sub-agent. The tool stays in the project.',
    args: {
      input: t.arg({
        type: DetachToolFromSubAgentInput,
        required: true,
        description: 'The relation, or the tool and the sub-agent.',
      }),
    },
    resolve: (_root, { input }, context) => {
      const { id, pair } = readDetachToolFromSubAgent(input);
      const touches = projectOf(id ?? pair.subAgent);
      return runMutation(context, { target: id ? 'id' : 'pair', touches }, async () =>
        id
          ? detached(id, await detachById(context.operation, id))
          : detached(pair.subAgent, await detachPair(context.operation, pair)),
      );
    },
  }),
}));

type Fields = Parameters<typeof relationBody>[0];

/** How errors of the upstream about fields of a relation are shown. */
function fieldErrors(fields: Fields) {
  return { toInputPath: toRelationInputPath(fields), secrets: [fields.headers] };
}

async function detachById(operation: Operation, key: RelationKey): Promise<UpstreamRelation> {
  const relation = await getRelation(operation, key).row;
  if (!relation) throw new NotFoundError('The relation does not exist.', ['id']);
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
