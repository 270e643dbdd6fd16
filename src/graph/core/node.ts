import type { GraphQLResolveInfo } from 'graphql';
import { findAgent } from '../inkeep/agent.js';
import { findProject } from '../inkeep/project.js';
import { findRelation } from '../inkeep/relation/type.js';
import { findSubAgent } from '../inkeep/sub-agent.js';
import { findTool } from '../inkeep/tool/loader.js';
import { findVoiceAgent } from '../kataven/voice-agent.js';
import { findVoiceAgentTool } from '../kataven/voice-agent-tool.js';
import { findVoiceToolById } from '../kataven/voice-tool.js';
import { builder } from './builder.js';
import type { GraphContext } from './context.js';
import { badUserInput } from './error-codes.js';
import { present } from './guard-resolvers.js';
import { type Selected, selectedField } from './look-ahead.js';
import { decodeNodeId, keyOfParts, type NodeKey, type NodeType } from './node-id.js';

type Find<Type extends NodeType> = (
  context: GraphContext,
  key: NodeKey<Type>,
  field: Selected,
  info: GraphQLResolveInfo,
) => Promise<object | null>;

/** How each type is found again by its key. */
const FINDERS: { readonly [Type in NodeType]: Find<Type> } = {
  Project: findProject,
  Agent: findAgent,
  SubAgent: findSubAgent,
  Tool: findTool,
  SubAgentToolRelation: findRelation,
  VoiceAgent: (context, { agentId }) => findVoiceAgent(context, agentId),
  VoiceAgentTool: (context, { agentId, toolName }) => findVoiceAgentTool(context, agentId, toolName),
  VoiceTool: findVoiceToolById,
};

async function findNode(context: GraphContext, id: string, info: GraphQLResolveInfo): Promise<object | null> {
  const decoded = decodeNodeId(id);
  if (!decoded)
    throw badUserInput('The value of "id" is not an id of this API: take one from the `id` field of a node.');
  const find = FINDERS[decoded.type] as Find<NodeType>;
  return find(context, keyOfParts(decoded.type, decoded.parts) as NodeKey<NodeType>, selectedField(info), info);
}

builder.queryFields((t) => ({
  node: t.field({
    type: builder.nodeInterfaceRef(),
    nullable: true,
    description: 'Anything by its global id; null where it is gone. Costs what looking it up by its own field costs.',
    args: { id: t.arg.id({ required: true, description: 'The `id` of a node.' }) },
    resolve: (_root, { id }, context, info) => findNode(context, id, info),
  }),
  nodes: t.field({
    type: [builder.nodeInterfaceRef()],
    nullable: { list: false, items: true },
    description:
      'Many things by their global ids, in the order asked; null where one is gone, an error for each id that is none. Things of one kind are read together.',
    args: { ids: t.arg.idList({ required: true, description: 'The `id`s of nodes.' }) },
    // An error in the list belongs to its item: the others stay.
    resolve: (_root, { ids }, context, info) =>
      Promise.all(ids.map((id) => findNode(context, id, info).catch(present).catch(asError))),
  }),
}));

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
