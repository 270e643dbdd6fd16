import type { UpstreamVoiceAgent } from '../../upstream/kataven/agent.js';
import { builder } from '../core/builder.js';
import { connectionOfAll, sliceOf } from '../core/connection.js';
import { defineConnection } from '../core/connection-type.js';
import type { GraphContext } from '../core/context.js';
import { defineLoader } from '../core/loader.js';
import { defineFinder } from '../core/node.js';
import { defineNodeId } from '../core/node-id.js';
import { rowFields } from '../core/row-field.js';

export const VoiceAgentId = defineNodeId('VoiceAgent', ['agentId']);

/** A voice agent as resolvers pass it on: its id, and its row if an answer has included it. */
export interface VoiceAgentRef {
  readonly __typename: 'VoiceAgent';
  readonly agentId: string;
  readonly row?: UpstreamVoiceAgent | undefined;
}

export const VoiceAgent = builder.objectRef<VoiceAgentRef>('VoiceAgent');

export function voiceAgentRef(agentId: string, row?: UpstreamVoiceAgent): VoiceAgentRef {
  return { __typename: 'VoiceAgent', agentId, row };
}

/** The row of a voice agent: by itself, or from the account's list when several are asked for at once. */
const loadVoiceAgent = defineLoader(
  ({ agentId }: { agentId: string }) => [agentId],
  (context, keys) => {
    const rows = context.kataven.agentsByIds(keys.map(({ agentId }) => agentId));
    return keys.map(({ agentId }) => rows.get(agentId) ?? Promise.resolve(null));
  },
);

/** The voice agent with this id, proven to exist; null otherwise. */
export async function findVoiceAgent(context: GraphContext, agentId: string): Promise<VoiceAgentRef | null> {
  const row = await loadVoiceAgent(context, { agentId });
  return row && voiceAgentRef(agentId, row);
}

defineFinder(VoiceAgentId, (context, { agentId }) => findVoiceAgent(context, agentId));

const stored = rowFields('stored', (agent: VoiceAgentRef) => agent.row, loadVoiceAgent);

VoiceAgent.implement({
  description:
    'A voice agent of a Kataven account, which answers calls. The account comes from the credential. Looking one up costs one upstream call.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id, for `node(id)` and for inputs named after a voice agent. Costs nothing.',
      resolve: (agent) => VoiceAgentId.encode(agent),
    }),
    agentId: t.exposeString('agentId', { nullable: false, description: 'The upstream’s own id. Costs nothing.' }),
    name: t.string({ description: 'Name shown to people.', ...stored((row) => row.name) }),
    description: t.string({ description: 'What it is for; null where unset.', ...stored((row) => row.description) }),
    category: t.string({
      description: 'Kind of work, such as `customer_support`, `sales`, `operations` or `custom`. An open list.',
      ...stored((row) => row.category),
    }),
    status: t.string({
      description: '`draft`, `active`, `paused` or `archived`; only active agents take calls. An open list.',
      ...stored((row) => row.status),
    }),
    systemPrompt: t.string({
      description: 'Its instructions; null where unset.',
      ...stored((row) => row.system_prompt),
    }),
    greetingMessage: t.string({
      description: 'What it says first; null where unset.',
      ...stored((row) => row.greeting_message),
    }),
    greetingMode: t.string({
      description: 'Whether a caller may speak into the greeting: `interruptible` or `locked`.',
      ...stored((row) => row.greeting_mode),
    }),
    llmModel: t.string({
      description: 'Language model, such as `gpt-4o`. An open list.',
      ...stored((row) => row.llm_model),
    }),
    voiceProvider: t.string({
      description: 'Who makes the voice, such as `cartesia`. An open list.',
      ...stored((row) => row.voice_provider),
    }),
    voiceId: t.string({
      description: 'The provider’s id of the voice; null where unset.',
      ...stored((row) => row.voice_id),
    }),
    authMode: t.string({
      description: 'Who may talk to it: `public` or `authenticated`. An open list.',
      ...stored((row) => row.auth_mode),
    }),
    activePromptId: t.string({
      description: 'The upstream’s id of the prompt version in use; null where unset.',
      ...stored((row) => row.active_prompt_id),
    }),
    templateId: t.string({
      description: 'The upstream’s id of the template it was made from; null where it was not.',
      ...stored((row) => row.template_id),
    }),
    ringingEnabled: t.boolean({
      description: 'Whether callers hear it ring before it answers.',
      ...stored((row) => row.ringing_enabled),
    }),
    noiseSuppressionEnabled: t.boolean({
      description: 'Whether noise is taken from the caller’s voice.',
      ...stored((row) => row.noise_suppression_enabled),
    }),
    backgroundAudioEnabled: t.boolean({
      description: 'Whether callers hear background sound.',
      ...stored((row) => row.background_audio_enabled),
    }),
    backgroundAudioVolume: t.float({
      description: 'How loud that is, from 0 to 1; null where unset.',
      ...stored((row) => row.background_audio_volume),
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was created.', ...stored((row) => row.created_at) }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last changed.',
      ...stored((row) => row.updated_at),
    }),
    createdBy: t.string({ description: 'The upstream’s id of who created it.', ...stored((row) => row.created_by) }),
  }),
});

const VoiceAgentConnection = defineConnection(VoiceAgent, {
  page: 'A page of voice agents, newest first.',
  edge: 'A voice agent and its place in the list.',
  totalCount: 'Voice agents in the account.',
});

builder.queryFields((t) => ({
  voiceAgents: t.field({
    type: VoiceAgentConnection,
    extensions: { upstream: 'kataven' },
    nullable: true,
    description: 'Voice agents of the account, newest first. One call, however many: the upstream does not page them.',
    args: { ...t.arg.connectionArgs() },
    resolve: async (_root, args, context) => {
      const slice = sliceOf(args);
      return connectionOfAll(await context.kataven.agents(), slice, (row) => voiceAgentRef(row.id, row));
    },
  }),
  voiceAgent: t.field({
    type: VoiceAgent,
    extensions: { upstream: 'kataven' },
    nullable: true,
    description:
      'One voice agent; null where the account has none of that id. One call, also for several in one query.',
    args: { agentId: t.arg.string({ required: true, description: 'The upstream’s own id of the voice agent.' }) },
    resolve: (_root, { agentId }, context) => findVoiceAgent(context, agentId),
  }),
}));
