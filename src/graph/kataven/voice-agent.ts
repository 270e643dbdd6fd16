import { toRfc3339 } from '../../upstream/date-time.js';
import type { UpstreamVoiceAgent } from '../../upstream/kataven/agent.js';
import { builder } from '../core/builder.js';
import { connectionOfAll, sliceOf } from '../core/connections/connection.js';
import { defineConnection } from '../core/connections/connection-type.js';
import type { GraphContext } from '../core/context.js';
import { defineFinder } from '../core/ids/node.js';
import { defineNodeId } from '../core/ids/node-id.js';
import { defineLoader } from '../core/reads/loader.js';
import { rowFields } from '../core/reads/row-field.js';

export const VoiceAgentId = defineNodeId('VoiceAgent', ['agentId']);

/** A voice agent as resolvers pass it on: its id, and its row if an answer has included it. */
export interface VoiceAgentRef {
  readonly __typename: 'VoiceAgent';
  readonly agentId: string;
  readonly row?: UpstreamVoiceAgent | undefined;
}

export const VoiceAgent = builder.objectRef<VoiceAgentRef>('VoiceAgent');

/** The voice agent with this id, without a read. It may not exist unless a row is given. */
export function voiceAgentRef(agentId: string, row?: UpstreamVoiceAgent): VoiceAgentRef {
  return { __typename: 'VoiceAgent', agentId, row };
}

/** Loads the row of a voice agent: by its own call, or from the account's list if several are loaded in one tick. */
const loadVoiceAgent = defineLoader(
  ({ agentId }: { agentId: string }) => [agentId],
  (context, keys) => {
    const rows = context.kataven.agentsByIds(keys.map(({ agentId }) => agentId));
    return keys.map(({ agentId }) => rows.get(agentId) ?? Promise.resolve(null));
  },
);

/** The voice agent with this id; null if it does not exist. */
export async function findVoiceAgent(context: GraphContext, agentId: string): Promise<VoiceAgentRef | null> {
  const row = await loadVoiceAgent(context, { agentId });
  return row && voiceAgentRef(agentId, row);
}

defineFinder(VoiceAgentId, (context, { agentId }) => findVoiceAgent(context, agentId));

const stored = rowFields('stored', (agent: VoiceAgentRef) => agent.row, loadVoiceAgent);

VoiceAgent.implement({
  description:
    'A voice agent of a Kataven account, which answers phone calls. The credential determines the account. Reading one costs one upstream call.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      nullable: false,
      description: 'Global id, for `node(id)` and for inputs that name a voice agent. Needs no upstream call.',
      resolve: (agent) => VoiceAgentId.encode(agent),
    }),
    agentId: t.exposeString('agentId', { nullable: false, description: 'The upstream id. Needs no upstream call.' }),
    name: t.string({ description: 'Display name.', ...stored((row) => row.name) }),
    description: t.string({ description: 'What it is for; null if not set.', ...stored((row) => row.description) }),
    category: t.string({
      description:
        'Kind of work, such as `customer_support`, `sales`, `operations` or `custom`. Other values are possible.',
      ...stored((row) => row.category),
    }),
    status: t.string({
      description:
        '`draft`, `active`, `paused` or `archived`; only active agents answer calls. Other values are possible.',
      ...stored((row) => row.status),
    }),
    systemPrompt: t.string({
      description: 'Its instructions; null if not set.',
      ...stored((row) => row.system_prompt),
    }),
    greetingMessage: t.string({
      description: 'What it says at the start of a call; null if not set.',
      ...stored((row) => row.greeting_message),
    }),
    greetingMode: t.string({
      description: 'Whether a caller can interrupt the greeting: `interruptible` or `locked`.',
      ...stored((row) => row.greeting_mode),
    }),
    llmModel: t.string({
      description: 'Language model, such as `gpt-4o`. Other values are possible.',
      ...stored((row) => row.llm_model),
    }),
    voiceProvider: t.string({
      description: 'Provider of the voice, such as `cartesia`. Other values are possible.',
      ...stored((row) => row.voice_provider),
    }),
    voiceId: t.string({
      description: 'The provider’s id of the voice; null if not set.',
      ...stored((row) => row.voice_id),
    }),
    authMode: t.string({
      description: 'Who can talk to it: `public` or `authenticated`. Other values are possible.',
      ...stored((row) => row.auth_mode),
    }),
    activePromptId: t.string({
      description: 'The upstream id of the prompt version in use; null if not set.',
      ...stored((row) => row.active_prompt_id),
    }),
    templateId: t.string({
      description: 'The upstream id of the template that it was created from; null if there was none.',
      ...stored((row) => row.template_id),
    }),
    ringingEnabled: t.boolean({
      description: 'Whether callers hear ringing before it answers.',
      ...stored((row) => row.ringing_enabled),
    }),
    noiseSuppressionEnabled: t.boolean({
      description: 'Whether noise is removed from the caller’s audio.',
      ...stored((row) => row.noise_suppression_enabled),
    }),
    backgroundAudioEnabled: t.boolean({
      description: 'Whether callers hear background audio.',
      ...stored((row) => row.background_audio_enabled),
    }),
    backgroundAudioVolume: t.float({
      description: 'Volume of the background audio, from 0 to 1; null if not set.',
      ...stored((row) => row.background_audio_volume?.valueOf()),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was created.',
      ...stored((row) => toRfc3339(row.created_at)),
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last changed.',
      ...stored((row) => toRfc3339(row.updated_at)),
    }),
    createdBy: t.string({
      description: 'The upstream id of the user who created it.',
      ...stored((row) => row.created_by),
    }),
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
    extensions: { upstream: 'kataven', reads: 'page' },
    nullable: true,
    description: 'Voice agents of the account, newest first. Always one call, because the upstream does not page them.',
    args: { ...t.arg.connectionArgs() },
    resolve: async (_root, args, context) => {
      const slice = sliceOf(args);
      return connectionOfAll(await context.kataven.agents(), slice, (row) => voiceAgentRef(row.id, row));
    },
  }),
  voiceAgent: t.field({
    type: VoiceAgent,
    extensions: { upstream: 'kataven', reads: 'row' },
    nullable: true,
    description: 'One voice agent; null if the account has none with this id. One call, also for several in one query.',
    args: { agentId: t.arg.string({ required: true, description: 'The upstream id of the voice agent.' }) },
    resolve: (_root, { agentId }, context) => findVoiceAgent(context, agentId),
  }),
}));
