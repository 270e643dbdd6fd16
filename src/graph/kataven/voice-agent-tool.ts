import { listAgentTools, type UpstreamAgentTool } from '../../upstream/kataven/agent-tool.js';
import { builder } from '../core/builder.js';
import type { GraphContext } from '../core/context.js';
import { defineFinder } from '../core/ids/node.js';
import { defineNodeId } from '../core/ids/node-id.js';
import { VoiceAgent, voiceAgentRef } from './voice-agent.js';
import { findVoiceTool, VoiceTool } from './voice-tool.js';

export const VoiceAgentToolId = defineNodeId('VoiceAgentTool', ['agentId', 'toolName']);

/** A tool of a voice agent as resolvers pass it on: the agent's id and the row. */
export interface VoiceAgentToolRef {
  readonly __typename: 'VoiceAgentTool';
  readonly agentId: string;
  readonly row: UpstreamAgentTool;
}

export const VoiceAgentTool = builder.objectRef<VoiceAgentToolRef>('VoiceAgentTool');

/** The tool of a voice agent that a row describes. */
export function voiceAgentToolRef(agentId: string, row: UpstreamAgentTool): VoiceAgentToolRef {
  return { __typename: 'VoiceAgentTool', agentId, row };
}

/** The tool with this name of a voice agent; null if the agent does not have it. */
async function findVoiceAgentTool(
  context: GraphContext,
  agentId: string,
  toolName: string,
): Promise<VoiceAgentToolRef | null> {
  const rows = await listAgentTools(context.operation, agentId);
  const row = rows.find((candidate) => candidate.tool_name === toolName);
  return row ? voiceAgentToolRef(agentId, row) : null;
}

defineFinder(VoiceAgentToolId, (context, { agentId, toolName }) => findVoiceAgentTool(context, agentId, toolName));

/** Whether the agent may use the tool. True if the row has no value. */
function isEnabled(row: UpstreamAgentTool): boolean {
  return row.enabled ?? true;
}

VoiceAgentTool.implement({
  description:
    'A tool of a voice agent, by name, with the agent’s settings for it. It cannot be removed, only disabled.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id, for `node(id)`. Needs no upstream call.',
      resolve: ({ agentId, row }) => VoiceAgentToolId.encode({ agentId, toolName: row.tool_name }),
    }),
    agentId: t.exposeString('agentId', { nullable: false, description: 'The upstream id of the voice agent.' }),
    toolName: t.string({ nullable: false, description: 'Name of the tool.', resolve: ({ row }) => row.tool_name }),
    agent: t.field({
      type: VoiceAgent,
      nullable: false,
      description: 'The voice agent. Reading only its ids needs no upstream call; other fields need one.',
      resolve: ({ agentId }) => voiceAgentRef(agentId),
    }),
    tool: t.field({
      type: VoiceTool,
      extensions: { reads: 'row' },
      nullable: true,
      description:
        'The tool with this name; null if the account has none. One call. Several: one call per 100 tools of the account, or one per tool and one more, whichever is less.',
      resolve: ({ row }, _args, context) => findVoiceTool(context, row.tool_name),
    }),
    enabled: t.boolean({ description: 'Whether the agent may use it.', resolve: ({ row }) => isEnabled(row) }),
    config: t.field({
      type: 'JSONObject',
      description: 'The agent’s settings for the tool; empty if there are none.',
      resolve: ({ row }) => row.config ?? {},
    }),
  }),
});

builder.objectField(VoiceAgent, 'agentTools', (t) =>
  t.field({
    type: [VoiceAgentTool],
    extensions: { reads: 'each' },
    nullable: true,
    description:
      'Its tools, including disabled ones. One call per voice agent; the upstream allows 60 calls per minute and account.',
    resolve: async ({ agentId }, _args, context) =>
      (await listAgentTools(context.operation, agentId)).map((row) => voiceAgentToolRef(agentId, row)),
  }),
);
