import type { Registry } from 'prom-client';
import type { Caller } from '../upstream/http/call.js';
import type { AgentKey, ProjectKey, ToolKey } from '../upstream/inkeep/keys.js';
import type { Operation } from '../upstream/operation.js';
import { type Feed, Mailbox } from './mailbox.js';
import { createStatusMetrics, type StatusMetrics } from './metrics.js';
import type { ToolChange } from './observation.js';
import { LookPlaces } from './places.js';
import { agentTarget, projectTarget, type Target, toolsTarget } from './target.js';
import { Watch } from './watch.js';

/** What a watcher wants to know of. */
export type Wish =
  | { readonly tools: readonly ToolKey[] }
  | { readonly agent: AgentKey }
  | { readonly project: ProjectKey };

export interface StatusHubOptions {
  readonly intervalMs: number;
  /** Probing calls of all watches at a time: fewer than the lane has, so that queries always find a place. */
  readonly maxLooks: number;
  readonly registry: Registry;
}

/** A part of a wish that is one watch: all its single tools of one project, an agent, or a project. */
interface Part {
  readonly target: Target;
  readonly ids?: ReadonlySet<string>;
}

/** Upstream calls of one look, or of what watchers ask about one change. */
const MAX_CALLS = 1_000;

/** Live tool status: watches shared by all who watch the same with the same credential. */
export class StatusHub {
  readonly #intervalMs: number;
  readonly #watches = new Map<string, Watch>();
  readonly #places: LookPlaces;
  readonly #metrics: StatusMetrics;
  #watchers = 0;

  constructor({ intervalMs, maxLooks, registry }: StatusHubOptions) {
    this.#intervalMs = intervalMs;
    this.#places = new LookPlaces(maxLooks);
    this.#metrics = createStatusMetrics(registry, {
      watches: () => this.#watches.size,
      watchers: () => this.#watchers,
      stretch: () => Math.max(1, ...[...this.#watches.values()].map((watch) => watch.stretch)),
    });
  }

  /**
   * The changes of what is wished for, as the caller of the operation may see them. Nothing is asked of the upstream before the
   * first `next`. Throws where the caller has no credential.
   */
  watch(operation: Operation, wish: Wish): AsyncIterableIterator<ToolChange, undefined> {
    const caller = operation.caller('inkeep');
    const feeds = partsOf(wish).map((part) => this.#feed(operation, caller, part));
    return new Mailbox(feeds, {
      onStart: () => {
        this.#watchers += 1;
      },
      onEnd: () => {
        this.#watchers -= 1;
      },
    });
  }

  /** A mutation of any caller changed a tool, or which tools an agent or project has: whoever watches it looks at once. */
  touch(project: ProjectKey, toolId?: string): void {
    for (const watch of this.#watches.values()) if (watch.isIn(project)) watch.touch(toolId);
  }

  #feed(operation: Operation, caller: Caller, { target, ids }: Part): Feed {
    const key = `${caller.fingerprint}\n${target.key}`;
    const feed: Feed = {
      join: (mailbox) => {
        const watch = this.#watches.get(key) ?? this.#create(key, operation, caller, target);
        watch.join(mailbox, { feed, ids });
      },
      leave: (mailbox) => this.#watches.get(key)?.leave(mailbox),
    };
    return feed;
  }

  #create(key: string, operation: Operation, { turn }: Caller, target: Target): Watch {
    const watch = new Watch({
      target,
      turn,
      intervalMs: this.#intervalMs,
      places: this.#places,
      begin: (signal) => operation.again({ signal, maxCalls: MAX_CALLS }),
      onLook: (tookMs, outcome) => this.#metrics.lookDuration.observe({ outcome }, tookMs / 1000),
      onEmpty: () => {
        if (this.#watches.get(key) === watch) this.#watches.delete(key);
      },
    });
    this.#watches.set(key, watch);
    return watch;
  }
}

function partsOf(wish: Wish): readonly Part[] {
  if ('agent' in wish) return [{ target: agentTarget(wish.agent) }];
  if ('project' in wish) return [{ target: projectTarget(wish.project) }];
  const projects = new Map<string, { target: Target; ids: Set<string> }>();
  for (const { tenantId, projectId, toolId } of wish.tools) {
    const target = toolsTarget({ tenantId, projectId });
    const part = projects.get(target.key) ?? { target, ids: new Set() };
    projects.set(target.key, part);
    part.ids.add(toolId);
  }
  return [...projects.values()];
}
