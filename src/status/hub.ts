import type { Registry } from 'prom-client';
import type { Logger } from '../log.js';
import type { Tracing } from '../tracing.js';
import type { Caller } from '../upstream/client/call.js';
import type { AgentKey, ProjectKey, ToolKey } from '../upstream/inkeep/keys.js';
import type { Operation } from '../upstream/operation.js';
import { type BeginService, ServiceProbes } from './access/service-probes.js';
import { View } from './access/view.js';
import { STATUS_LIMITS, type StatusLimits } from './limits.js';
import { type Feed, Mailbox, type MailboxEvents } from './mailbox.js';
import { createStatusMetrics, type StatusMetrics } from './metrics.js';
import type { ToolChange } from './observation.js';
import { PollSlots } from './poll/poll-slots.js';
import { PollSpans } from './poll/poll-spans.js';
import { createLocalSharing } from './sharing/local-sharing.js';
import type { ConnectRedis } from './sharing/redis/connection.js';
import { RedisSharing } from './sharing/redis/redis-sharing.js';
import { hashOf, type Sharing } from './sharing/share.js';
import { agentTarget, projectTarget, type Target, toolsTarget } from './target.js';
import { Watch } from './watch.js';

/** The tools that a subscription watches: single tools, or all of an agent or a project. */
export type WatchRequest =
  | { readonly tools: readonly ToolKey[] }
  | { readonly agent: AgentKey }
  | { readonly project: ProjectKey };

/** `withLive`: live fields besides `status` and `lastError` are selected. */
interface Selection {
  readonly withLive: boolean;
}

export interface StatusHubOptions {
  readonly intervalMs: number;
  /** Concurrent polls of all watches. Fewer than the upstream allows probes, so that queries always find a slot. */
  readonly maxPolls: number;
  readonly registry: Registry;
  /** The upstream's URL. Instances share only with those of the same upstream. */
  readonly upstreamUrl: string;
  /** Shares watches with other instances through this Redis. */
  readonly redisUrl?: string | undefined;
  /** Connects to it. Default: with `ioredis`. */
  readonly connectRedis?: ConnectRedis | undefined;
  readonly log: Logger;
  readonly tracing: Tracing;
  /** Polls with this credential, and asks with the callers' own what they may see. Without it, callers' own credentials poll. */
  readonly service?: StatusService | undefined;
  /** Default: `STATUS_LIMITS`. */
  readonly limits?: StatusLimits | undefined;
}

export interface StatusService {
  readonly begin: BeginService;
  /** Longest time until a revoked right has an effect. */
  readonly accessMs: number;
  /** Concurrent reads of what callers may see. Fewer than the upstream gets at a time, so that queries always find a place. */
  readonly maxReads: number;
}

/** The part of a request that one watch serves: all its tools of one project, an agent, or a project. */
interface Part {
  readonly target: Target;
  readonly ids?: ReadonlySet<string>;
}

/** Whose credential polls a watch, and in which mode. */
interface Polling {
  /** One of its operations, for `again`. */
  readonly operation: Operation;
  /** The watchers have different credentials. */
  readonly isForAll: boolean;
}

/**
 * Live tool status. Subscriptions to the same target with the same credential share one watch; with a service credential, those of
 * all callers do.
 */
export class StatusHub {
  readonly #intervalMs: number;
  readonly #upstreamUrl: string;
  readonly #limits: StatusLimits;
  readonly #watches = new Map<string, Watch>();
  /** The same watches by the hash of their project. */
  readonly #byProject = new Map<string, Set<Watch>>();
  readonly #slots: PollSlots;
  readonly #metrics: StatusMetrics;
  readonly #tracing: Tracing;
  readonly #sharing: Sharing;
  readonly #service: ServiceProbes | undefined;
  #redis: 'up' | 'down' | undefined;
  readonly #mailboxEvents: MailboxEvents;
  #watchers = 0;

  constructor(options: StatusHubOptions) {
    const {
      intervalMs,
      maxPolls,
      registry,
      upstreamUrl,
      redisUrl,
      connectRedis: connect,
      log,
      tracing,
      service,
      limits = STATUS_LIMITS,
    } = options;
    this.#intervalMs = intervalMs;
    this.#upstreamUrl = upstreamUrl;
    this.#limits = limits;
    this.#tracing = tracing;
    this.#service = service && new ServiceProbes({ ...service, limits, log });
    this.#slots = new PollSlots(maxPolls, limits.slotsForFastPolls);
    this.#mailboxEvents = {
      onStart: () => {
        this.#watchers += 1;
      },
      onEnd: () => {
        this.#watchers -= 1;
      },
    };
    this.#metrics = createStatusMetrics(registry, {
      watches: () => this.#watches.size,
      watchers: () => this.#watchers,
      refused: () => this.#service?.refused ?? 0,
      sharing: () => (this.#redis === 'up' ? 1 : 0),
      stretch: () => Math.max(1, ...[...this.#watches.values()].map((watch) => watch.stretch)),
    });
    const onTouch = (hash: string, toolId: string | undefined) => this.#touchWatches(hash, toolId);
    if (redisUrl === undefined) this.#sharing = createLocalSharing(onTouch);
    else {
      this.#redis = 'down';
      const onState = (isUp: boolean) => {
        this.#redis = isUp ? 'up' : 'down';
      };
      this.#sharing = new RedisSharing({
        url: redisUrl,
        intervalMs,
        limits: limits.redis,
        log,
        onTouch,
        onState,
        connect,
      });
    }
  }

  /** `up` if watches are shared now; undefined if no Redis is configured. */
  get redis(): 'up' | 'down' | undefined {
    return this.#redis;
  }

  /** Whether the service credential is used everywhere, or refused somewhere; undefined if none is configured. */
  get service(): 'ok' | 'refused' | undefined {
    if (!this.#service) return undefined;
    return this.#service.refused === 0 ? 'ok' : 'refused';
  }

  /** Closes the connection to Redis and releases all leases. Watches that are still open poll by themselves. */
  close(): Promise<void> {
    return this.#sharing.close();
  }

  /**
   * Returns the changes of the requested tools, as far as the operation's caller may see them. Nothing is polled before the first
   * `next`. Throws if the caller has no credential.
   */
  watch(
    operation: Operation,
    request: WatchRequest,
    { withLive }: Selection,
  ): AsyncIterableIterator<ToolChange, undefined> {
    const caller = operation.caller('inkeep');
    // Without Redis, polls of tools and projects return all live fields in any case.
    const isApart = withLive && ('agent' in request || this.#redis !== undefined);
    const parts = partsOf(request, this.#limits.minToolsForBulkPoll, isApart);
    const service = this.#service;
    if (!service) {
      const feeds = parts.map((part) => this.#feed(operation, caller, part));
      return new Mailbox(feeds, this.#mailboxEvents);
    }
    const views = parts.map((part) => this.#view(service, operation, caller, part));
    return new Mailbox(views, {
      ...this.#mailboxEvents,
      readStored: async (observation) =>
        views.find((view) => view.isOf(observation.tool))?.readStored(observation) ?? null,
    });
  }

  /**
   * Polls at once after a mutation changed a tool. Without `toolId`, the mutation changed which tools an agent or project has, and
   * every watch of the project polls.
   */
  touch(project: ProjectKey, toolId?: string): void {
    this.#sharing.touch(this.#nameOf(project), toolId);
  }

  #touchWatches(projectHash: string, toolId: string | undefined): void {
    this.#service?.touch(projectHash);
    for (const watch of this.#byProject.get(projectHash) ?? []) watch.touch(toolId);
  }

  #feed(operation: Operation, caller: Caller, { target, ids }: Part): Feed {
    const polling = { operation, isForAll: false };
    const feed: Feed = {
      join: (mailbox) => this.#watchOf(target, caller, polling).join(mailbox, { feed, ids }),
      leave: (mailbox) => this.#watches.get(keyOf(target, caller, polling))?.leave(mailbox),
    };
    return feed;
  }

  #view(service: ServiceProbes, operation: Operation, caller: Caller, { target, ids }: Part): View {
    const own = { operation, isForAll: false };
    const personalTarget = toolsTarget(target.project, this.#limits.minToolsForBulkPoll, target.withLive);
    const coverage = () => service.coverage(caller, target.project, hashOf(this.#nameOf(target.project)));
    return new View(target, ids, {
      coverage,
      access: (covered) => service.access(caller, operation, target, covered),
      sharedWatch: () => {
        const polling = { operation: coverage().operation, isForAll: true };
        return this.#watchOf(target, polling.operation.caller('inkeep'), polling);
      },
      ownWatch: () => this.#watchOf(target, caller, own),
      personalWatch: () => this.#watchOf(personalTarget, caller, own),
    });
  }

  /** The watch of a target that this caller's credential polls. It is created by its first watcher, who must join it. */
  #watchOf(target: Target, caller: Caller, polling: Polling): Watch {
    const key = keyOf(target, caller, polling);
    return this.#watches.get(key) ?? this.#create(key, target, caller, polling);
  }

  #create(key: string, target: Target, { identity: turn }: Caller, { operation, isForAll }: Polling): Watch {
    const projectHash = hashOf(this.#nameOf(target.project));
    const failures = operation.failures.createEmpty();
    // Polls serve all watchers: they are no part of the operation that comes first, nor of its trace.
    const ofPolls = { maxCalls: this.#limits.maxCallsPerPoll, tally: undefined, trace: undefined };
    const watch = new Watch({
      target,
      turn,
      intervalMs: this.#intervalMs,
      limits: this.#limits,
      slots: this.#slots,
      sharing: this.#sharing,
      isForAll,
      shareKey: `${this.#upstreamUrl}\n${key}`,
      begin: (signal) => operation.again({ signal, ...ofPolls, failures }),
      ...(this.#tracing.isOn && { spans: new PollSpans(this.#tracing, operation.trace) }),
      onPoll: (tookMs, outcome) => this.#metrics.pollDuration.observe({ outcome }, tookMs / 1000),
      onEmpty: () => {
        if (this.#watches.get(key) === watch) this.#watches.delete(key);
        const others = this.#byProject.get(projectHash);
        others?.delete(watch);
        if (others?.size === 0) this.#byProject.delete(projectHash);
      },
    });
    this.#watches.set(key, watch);
    this.#byProject.set(projectHash, (this.#byProject.get(projectHash) ?? new Set()).add(watch));
    return watch;
  }

  #nameOf({ tenantId, projectId }: ProjectKey): string {
    return `${this.#upstreamUrl}\n${tenantId}\n${projectId}`;
  }
}

function keyOf(target: Target, { fingerprint }: Caller, { isForAll }: Polling): string {
  return `${isForAll ? 'all' : 'one'}\n${fingerprint}\n${target.key}`;
}

function partsOf(request: WatchRequest, minToolsForBulkPoll: number, withLive: boolean): readonly Part[] {
  if ('agent' in request) return [{ target: agentTarget(request.agent, withLive) }];
  if ('project' in request) return [{ target: projectTarget(request.project, withLive) }];
  const projects = new Map<string, { target: Target; ids: Set<string> }>();
  for (const { tenantId, projectId, toolId } of request.tools) {
    const target = toolsTarget({ tenantId, projectId }, minToolsForBulkPoll, withLive);
    const part = projects.get(target.key) ?? { target, ids: new Set() };
    projects.set(target.key, part);
    part.ids.add(toolId);
  }
  return [...projects.values()];
}
