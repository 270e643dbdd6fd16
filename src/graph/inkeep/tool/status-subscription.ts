import type { GraphQLResolveInfo } from 'graphql';
import { GRAPH_LIMITS } from '../../../limits.js';
import type { WatchRequest } from '../../../status/hub.js';
import type { ToolChange } from '../../../status/observation.js';
import type { UpstreamTool } from '../../../upstream/inkeep/tool.js';
import { builder } from '../../core/builder.js';
import type { GraphContext } from '../../core/context.js';
import { badUserInput, toGraphQLError } from '../../core/errors/error-codes.js';
import { fieldsOn, namesThatNeed, selectedField } from '../../core/reads/look-ahead.js';
import { AgentId } from '../agent.js';
import { ProjectId } from '../project.js';
import { Tool, ToolId, type ToolRef, toolRef } from './ref.js';
import { statusOf, ToolStatus } from './type.js';

/** Most tools that one subscription may name. */
const { maxSubscribedTools } = GRAPH_LIMITS;

const Freshness = builder.enumType('Freshness', {
  description: 'Whether a status is current.',
  values: {
    LIVE: { description: 'The upstream has just returned it.' },
    STALE: { description: 'The upstream cannot be reached now; this is the last known status.' },
  },
});

const ToolStatusEvent = builder.objectRef<ToolChange>('ToolStatusEvent').implement({
  description: 'The status of a watched tool: its current status when the subscription starts, and then each change.',
  fields: (t) => ({
    tool: t.field({
      type: Tool,
      nullable: false,
      description:
        'The tool. Its `status` and `lastError` are those of the event and need no upstream call. The other live fields come from the same probe: if they are selected in the watch of an agent, its tools are polled with a call each. Stored fields are read without a probe, once for all subscribers with the same credential; after removal they are the last known values.',
      resolve: (change) => watchedTool(change),
    }),
    status: t.field({
      type: ToolStatus,
      nullable: false,
      description: 'The status; after removal the last known one.',
      resolve: ({ observation }) => statusOf(observation),
    }),
    previousStatus: t.field({
      type: ToolStatus,
      nullable: true,
      description: 'The status in the previous event about this tool; null in the first event.',
      resolve: ({ previousStatus }) => (previousStatus === null ? null : statusOf({ status: previousStatus })),
    }),
    lastError: t.string({
      nullable: true,
      description: 'Error message as the upstream returns it, which may be long; null if there was no error.',
      resolve: ({ observation }) => observation.lastError,
    }),
    observedAt: t.field({
      type: 'DateTime',
      nullable: false,
      description: 'When the gateway observed it.',
      resolve: ({ observation }) => observation.observedAt,
    }),
    removed: t.boolean({
      nullable: false,
      description:
        'True if the tool was deleted upstream, or never existed (then the status is `UNKNOWN`). This is the last event about it.',
      resolve: ({ observation }) => observation.removed,
    }),
    freshness: t.field({
      type: Freshness,
      nullable: false,
      description: 'Whether the status is current.',
      resolve: ({ observation }) => observation.freshness,
    }),
  }),
});

const ToolStatusWatch = builder.inputType('ToolStatusWatch', {
  description: 'What to watch. Give exactly one field.',
  isOneOf: true,
  fields: (t) => ({
    tools: t.idList({ description: 'The `id` of each of 1 to 100 tools.' }),
    agent: t.id({
      description:
        'The `id` of an agent: all tools of its sub-agents. Tools that are attached or detached later are included.',
    }),
    project: t.id({
      description: 'The `id` of a project: all its tools. Tools that are created or deleted later are included.',
    }),
  }),
});

builder.subscriptionType({ description: 'Live events, over WebSocket (graphql-transport-ws) or server-sent events.' });

builder.subscriptionField('toolStatus', (t) =>
  t.field({
    type: ToolStatusEvent,
    nullable: false,
    description:
      'First the current status of every watched tool, then each change. The upstream sends no events, so the gateway polls it: once per interval for all clients that watch the same tools with the same credential or, if the operator has set a service credential for it, for all clients. Ends when the client disconnects, when no watched tool is left, or with UNAUTHENTICATED or FORBIDDEN if the upstream rejects the credential.',
    args: { watch: t.arg({ type: ToolStatusWatch, required: true, description: 'What to watch.' }) },
    subscribe: (_root, { watch }, context, info) => watchStatus(context, watch, wantsOtherLive(info)),
    resolve: (change) => change,
  }),
);

type WatchInput = typeof ToolStatusWatch.$inferInput;

function requestOf({ tools, agent, project }: WatchInput): WatchRequest {
  if (typeof agent === 'string') return { agent: AgentId.readArgument(agent, 'watch.agent') };
  if (typeof project === 'string') return { project: ProjectId.readArgument(project, 'watch.project') };
  const count = tools?.length ?? 0;
  if (!tools || count < 1 || count > maxSubscribedTools) {
    throw badUserInput(`"watch.tools" has ${count} ids, and must have 1 to ${maxSubscribedTools}.`);
  }
  return { tools: tools.map((id, index) => ToolId.readArgument(id, `watch.tools.${index}`)) };
}

/** Whether live fields of the tool besides `status` and `lastError` are selected. */
function wantsOtherLive(info: GraphQLResolveInfo): boolean {
  // Not kept in the context: thousands of subscriptions wait for a first event.
  const tools = fieldsOn([selectedField({ selections: new Map() }, info)], 'ToolStatusEvent', 'tool');
  return namesThatNeed(info.schema, tools, 'Tool', 'live').some((name) => name !== 'status' && name !== 'lastError');
}

/** Starts to watch. Throws the client's error immediately if the input or the credential is not valid. */
function watchStatus(context: GraphContext, watch: WatchInput, withLive: boolean): AsyncIterableIterator<ToolChange> {
  try {
    // A missing upstream or credential is reported before problems of the input.
    context.operation.caller('inkeep');
    return new SubscriptionChanges(context, context.status.watch(context.operation, requestOf(watch), { withLive }));
  } catch (error) {
    return rethrow(error);
  }
}

/**
 * Changes for one subscription, whose failures are the client's errors. `next` is called when the previous event was answered, so
 * it renews the context and frees what that event has read. A class and not a generator, because thousands of them wait at a time.
 */
class SubscriptionChanges implements AsyncIterableIterator<ToolChange> {
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

/** The tool with the live fields of its observation. Those that the poll did not include are null, so no event causes a probe. */
function watchedTool({ observation, readStored }: ToolChange): ToolRef {
  const { tool, row, live: fields, status, lastError, stored = readStored } = observation;
  const live = { ...fields, id: tool.toolId, status, lastError } as UpstreamTool;
  return Object.assign(toolRef(tool, undefined, live), { stored: row, readStored: stored });
}
