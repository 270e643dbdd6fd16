import type { WatchRequest } from '../../../status/hub.js';
import type { ToolChange } from '../../../status/observation.js';
import type { UpstreamTool } from '../../../upstream/inkeep/tool.js';
import { builder } from '../../core/builder.js';
import type { GraphContext } from '../../core/context.js';
import { badUserInput, toGraphQLError } from '../../core/error-codes.js';
import { AgentId } from '../agent.js';
import { ProjectId } from '../project.js';
import { Tool, ToolId, type ToolRef, toolRef } from './ref.js';
import { statusOf, ToolStatus } from './type.js';

/** Tools that one subscription may name. */
const MAX_TOOLS = 100;

const Freshness = builder.enumType('Freshness', {
  description: 'Whether a status is what the upstream says now.',
  values: {
    LIVE: { description: 'Just learnt from the upstream.' },
    STALE: { description: 'The upstream cannot be asked now; this is the last status known.' },
  },
});

const ToolStatusEvent = builder.objectRef<ToolChange>('ToolStatusEvent').implement({
  description: 'The status of a watched tool: as it is when the watch begins, and then whenever it changes.',
  fields: (t) => ({
    tool: t.field({
      type: Tool,
      nullable: false,
      description:
        'The tool. Its `status` and `lastError` equal the event’s and cost nothing; other live fields are null where the look did not tell them. Stored fields are read once for all watchers, without discovery; after removal they are the last known.',
      resolve: ({ observation }) => watchedTool(observation),
    }),
    status: t.field({
      type: ToolStatus,
      nullable: false,
      description: 'The status; after removal the last one known.',
      resolve: ({ observation }) => statusOf(observation),
    }),
    previousStatus: t.field({
      type: ToolStatus,
      nullable: true,
      description: 'The status of the event before about this tool; null in a first report.',
      resolve: ({ previousStatus }) => (previousStatus === null ? null : statusOf({ status: previousStatus })),
    }),
    lastError: t.string({
      nullable: true,
      description: 'What went wrong, in the upstream’s words, which may be long; null where nothing did.',
      resolve: ({ observation }) => observation.lastError,
    }),
    observedAt: t.field({
      type: 'DateTime',
      nullable: false,
      description: 'When the gateway learnt it.',
      resolve: ({ observation }) => observation.observedAt,
    }),
    removed: t.boolean({
      nullable: false,
      description: 'True: the tool is gone upstream, or never was (then `UNKNOWN`). The last event about it.',
      resolve: ({ observation }) => observation.removed,
    }),
    freshness: t.field({
      type: Freshness,
      nullable: false,
      description: 'Whether the upstream can be asked now.',
      resolve: ({ observation }) => observation.freshness,
    }),
  }),
});

const ToolStatusWatch = builder.inputType('ToolStatusWatch', {
  description: 'What to watch: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    tools: t.idList({ description: 'Global ids of 1 to 100 tools.' }),
    agent: t.id({ description: 'Global id of an agent: every tool that any of its sub-agents has, as it changes.' }),
    project: t.id({ description: 'Global id of a project: every tool of it, as it changes.' }),
  }),
});

builder.subscriptionType({ description: 'Live news, over WebSocket (graphql-transport-ws) or server-sent events.' });

builder.subscriptionField('toolStatus', (t) =>
  t.field({
    type: ToolStatusEvent,
    nullable: false,
    description:
      'First the present status of every watched tool, then each change. The upstream tells nobody: the gateway looks, once per interval for all who watch the same with the same credential. Ends when the client leaves, when nothing watched is left, or with UNAUTHENTICATED or FORBIDDEN when the upstream says so.',
    args: { watch: t.arg({ type: ToolStatusWatch, required: true, description: 'What to watch.' }) },
    subscribe: (_root, { watch }, context) => watchStatus(context, watch),
    resolve: (change) => change,
  }),
);

type WatchInput = typeof ToolStatusWatch.$inferInput;

function requestOf({ tools, agent, project }: WatchInput): WatchRequest {
  if (typeof agent === 'string') return { agent: AgentId.readArgument(agent, 'watch.agent') };
  if (typeof project === 'string') return { project: ProjectId.readArgument(project, 'watch.project') };
  const count = tools?.length ?? 0;
  if (!tools || count < 1 || count > MAX_TOOLS) {
    throw badUserInput(`"watch.tools" has ${count} ids, and must have 1 to ${MAX_TOOLS}.`);
  }
  return { tools: tools.map((id, index) => ToolId.readArgument(id, `watch.tools.${index}`)) };
}

/** Bad credentials are told at once, like every other failure in the words of the error table. */
function watchStatus(context: GraphContext, watch: WatchInput): AsyncIterableIterator<ToolChange> {
  try {
    // Whether there is an upstream, and a credential for it, comes before what is wrong with the input.
    context.operation.caller('inkeep');
    return new ChangesForClients(context, context.status.watch(context.operation, requestOf(watch)));
  } catch (error) {
    return rethrow(error);
  }
}

/**
 * Changes whose failures are told after the table of errors. The next one is asked for when the one before has been answered:
 * then what that has read is let go of. A class, since thousands of them wait at a time.
 */
class ChangesForClients implements AsyncIterableIterator<ToolChange> {
  readonly #context: GraphContext;
  readonly #changes: AsyncIterator<ToolChange, undefined>;

  constructor(context: GraphContext, changes: AsyncIterator<ToolChange, undefined>) {
    this.#context = context;
    this.#changes = changes;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<ToolChange>> {
    this.#context.renew();
    return this.#changes.next().catch(rethrow);
  }

  async return(): Promise<IteratorResult<ToolChange>> {
    await this.#changes.return?.();
    return { done: true, value: undefined };
  }
}

function rethrow(error: unknown): never {
  throw toGraphQLError(error) ?? error;
}

/** The tool as its observation shows it. What the look did not tell of the live fields is null: no event costs another look. */
function watchedTool({ tool, row, status, lastError, stored }: ToolChange['observation']): ToolRef {
  const live = { ...row, id: tool.toolId, status, lastError } as UpstreamTool;
  return { ...toolRef(tool, undefined, live), stored: row, readStored: stored };
}
