import type { UpstreamTool } from '../../upstream/inkeep/tool.js';
import type { Feed, Mailbox } from '../mailbox.js';
import { type Observation, UNKNOWN } from '../observation.js';
import type { Target } from '../target.js';
import type { Watch } from '../watch.js';
import type { Sink } from '../watchers.js';
import type { Access, AccessListener } from './access.js';
import type { Coverage, CoverageListener } from './coverage.js';
import { differenceOf, type Visible } from './visible.js';

/** Where a view finds what it combines. */
export interface ViewSources {
  coverage(): Coverage;
  access(coverage: Coverage): Access;
  /** The watch that the service credential polls for everyone. */
  sharedWatch(): Watch;
  /** The watch of the whole target that the caller's own credential polls. */
  ownWatch(): Watch;
  /** The watch of single tools of the project that the caller's own credential polls. */
  personalWatch(): Watch;
}

/** A watch that the view has joined, and the ids that it watches there; undefined for all. */
interface Joined {
  readonly watch: Watch;
  readonly ids: ReadonlySet<string> | undefined;
}

const marker = (): Feed => ({ join() {}, leave() {} });
/** Names of the watches that a view joins, by which `finish` and `fail` say which one has ended. */
const [SHARED, PERSONAL, OWN] = [marker(), marker(), marker()];

/**
 * What one subscription receives if a service credential polls: the events of the shared watch about tools that the caller may
 * see, and those of the caller's own watch about tools whose status depends on the caller. While the service credential is
 * refused, everything comes from the caller's own watch.
 */
export class View implements Feed, Sink, AccessListener, CoverageListener {
  readonly ids: ReadonlySet<string> | undefined;
  readonly #target: Target;
  readonly #sources: ViewSources;
  #mailbox: Mailbox | undefined;
  #coverage: Coverage | undefined;
  #access: Access | undefined;
  #shared: Joined | undefined;
  #personal: Joined | undefined;
  #own: Joined | undefined;
  /** Tools that were reported as removed, until a read of the caller shows them again. */
  #hidden: Set<string> | undefined;
  /** Last observations of tools that the service has not found. Either they are removed, or the service may not see them any more. */
  #doubtful: Map<string, Observation> | undefined;
  /** The service has found that the agent or project does not exist. The next check decides whether that is so for the caller. */
  #isGone = false;
  /** The caller sees a thing that does not exist for the service. */
  #isBlind = false;

  constructor(target: Target, ids: ReadonlySet<string> | undefined, sources: ViewSources) {
    this.#target = target;
    this.ids = ids;
    this.#sources = sources;
  }

  /** Whether it is about the tools of this project. */
  isOf({ tenantId, projectId }: Observation['tool']): boolean {
    const { project } = this.#target;
    return project.tenantId === tenantId && project.projectId === projectId;
  }

  /** The stored fields of a tool, read with the caller's credential. */
  async readStored({ tool, removed }: Observation): Promise<UpstreamTool | null> {
    return (await this.#access?.readStored(tool.toolId, removed)) ?? null;
  }

  join(mailbox: Mailbox): void {
    this.#mailbox = mailbox;
    this.#coverage = this.#sources.coverage();
    this.#coverage.add(this);
    this.#access = this.#sources.access(this.#coverage);
    this.#access.add(this);
  }

  leave(): void {
    if (!this.#mailbox) return;
    this.#mailbox = undefined;
    for (const joined of [this.#shared, this.#personal, this.#own]) joined?.watch.leave(this);
    this.#shared = this.#personal = this.#own = undefined;
    this.#access?.remove(this);
    this.#coverage?.remove(this);
  }

  /** The caller's access was read. */
  onRead(visible: Visible | null, before: Visible | null | undefined): void {
    if (visible === null) this.#disappeared(before);
    else this.#update(visible, before);
  }

  onRefused(error: unknown): void {
    this.#mailbox?.fail(error);
  }

  /** Neither the caller's access nor what the service covers is known. */
  onUnknown(): void {
    const ids = this.ids ?? this.#access?.lastVisible?.ids ?? [];
    for (const id of ids) {
      if (this.#mailbox?.has(this.#keyOf(id))) this.#mailbox.withdraw(this.#keyOf(id), { freshness: 'STALE' });
      else if (this.ids) this.#mailbox?.put(this.#unknown(id, 'STALE'));
    }
  }

  onCoverage(): void {
    this.#isBlind = false;
    this.#resolveDoubts();
    const visible = this.#access?.visible;
    if (visible) this.#settle(visible.ids);
  }

  put(observation: Observation): void {
    if (observation.stored) this.#mailbox?.put(observation);
    else this.#putShared(observation);
  }

  #update(visible: Visible, before: Visible | null | undefined): void {
    if (this.#isGone) this.#isBlind = true;
    const isBack = [...(this.#hidden ?? [])].filter((id) => visible.ids.has(id));
    if (visible === before && !this.#isGone && isBack.length === 0) return;
    this.#isGone = false;
    const changed = before ? [...differenceOf(before.ids, visible.ids), ...isBack] : visible.ids;
    if (before) for (const id of changed) this.#visibilityChanged(id, visible.ids.has(id));
    this.#settle(changed);
  }

  #putShared(observation: Observation): void {
    const { toolId } = observation.tool;
    const isShared = this.#coverage?.isShared(toolId);
    if (observation.removed) {
      this.#serviceLost(observation, isShared !== undefined);
      return;
    }
    this.#doubtful?.delete(toolId);
    // The tool is newer than the coverage, or its scope has changed.
    if (isShared === undefined || (isShared && observation.isPersonal)) this.#coverage?.refresh();
    else if (isShared && this.#access?.sees(toolId)) this.#mailbox?.put(observation);
  }

  forget(key: string): void {
    this.#mailbox?.forget(key);
  }

  finish(feed: Feed): void {
    if (feed === OWN) {
      this.#end();
      return;
    }
    if (feed === PERSONAL) this.#personal = undefined;
    else this.#shared = undefined;
    if (this.#target.kind === 'tools') this.#endIfAllRemoved();
    else if (feed === SHARED) {
      this.#isGone = true;
      this.#access?.checkNow();
    }
  }

  fail(error: unknown, feed: Feed): void {
    if (feed === SHARED) this.#coverage?.refuse(error);
    else this.#mailbox?.fail(error);
  }

  /** A tool that the service saw when it last read the project is in doubt until the service has read it again. */
  #serviceLost(observation: Observation, wasCovered: boolean): void {
    const { toolId } = observation.tool;
    if (wasCovered) {
      this.#doubtful = (this.#doubtful ?? new Map()).set(toolId, observation);
      this.#coverage?.refresh();
      return;
    }
    this.#doubtful?.delete(toolId);
    if (this.#access?.sees(toolId)) this.#mailbox?.put(observation);
    else this.#mailbox?.withdraw(observation.key, { removed: true });
    this.#hidden = (this.#hidden ?? new Set()).add(toolId);
  }

  #resolveDoubts(): void {
    const coverage = this.#coverage;
    for (const [id, observation] of this.#doubtful ?? []) {
      if (!coverage?.isRefused && coverage?.isShared(id) === undefined) this.#serviceLost(observation, false);
    }
    this.#doubtful = undefined;
  }

  /** Ends the watch of single tools if each of them was reported as removed. */
  #endIfAllRemoved(): void {
    if (this.ids && [...this.ids].every((id) => this.#hidden?.has(id))) this.#end();
  }

  #end(): void {
    const mailbox = this.#mailbox;
    this.leave();
    mailbox?.finish(this);
  }

  /** The agent or project does not exist for the caller. */
  #disappeared(before: Visible | null | undefined): void {
    if (this.#target.kind === 'project') {
      for (const id of before?.ids ?? []) this.#mailbox?.withdraw(this.#keyOf(id), { removed: true });
    }
    this.#end();
  }

  /** Joins the watches that have the tools the caller may see, and takes what is known of those whose source has `changed`. */
  #settle(changed: Iterable<string>): void {
    const [visible, coverage] = [this.#access?.visible, this.#coverage];
    if (!visible || !coverage?.isKnown || !this.#mailbox) return;
    const isOwn = coverage.isRefused || this.#isBlind;
    this.#own = this.#rejoin(this.#own, OWN, isOwn, this.ids, () => this.#sources.ownWatch());
    const tools = [...(this.ids ?? visible.ids)];
    const seen = tools.filter((id) => visible.ids.has(id) && !this.#hidden?.has(id));
    if (!isOwn && this.#target.kind === 'tools') this.#reportHidden(tools);
    if (!this.#mailbox) return;
    const personal = isOwn ? [] : seen.filter((id) => this.#isPersonal(id));
    this.#personal = this.#rejoin(this.#personal, PERSONAL, personal.length > 0, new Set(personal), () =>
      this.#sources.personalWatch(),
    );
    const shared = this.ids && new Set(seen.filter((id) => coverage.isShared(id)));
    const hadJoined = this.#shared !== undefined;
    this.#shared = this.#rejoin(this.#shared, SHARED, !isOwn && shared?.size !== 0, shared, () =>
      this.#sources.sharedWatch(),
    );
    if (hadJoined) this.#shared?.watch.replay(this, changed);
  }

  /** Returns what is joined afterwards: nothing if not `wanted`, the same if the ids are, otherwise the watch with the new ids. */
  #rejoin(
    before: Joined | undefined,
    feed: Feed,
    isWanted: boolean,
    ids: ReadonlySet<string> | undefined,
    find: () => Watch,
  ): Joined | undefined {
    if (!isWanted) {
      before?.watch.leave(this);
      return undefined;
    }
    const isSame = before && (ids === undefined || (before.ids && differenceOf(before.ids, ids).length === 0));
    if (isSame) return before;
    const watch = before?.watch ?? find();
    watch.join(this, { feed, ids });
    return { watch, ids };
  }

  /** True if the caller's own credential must probe the tool. A tool that is newer than the coverage waits for the next one. */
  #isPersonal(toolId: string): boolean {
    const [coverage, access] = [this.#coverage, this.#access];
    const isShared = coverage?.isShared(toolId);
    if (isShared !== undefined || !coverage || !access) return isShared === false;
    if (coverage.readAt >= access.readAt) return true;
    coverage.refresh();
    return false;
  }

  /** Tells the caller which of the single tools do not exist as far as the caller may see. */
  #reportHidden(ids: readonly string[]): void {
    const hidden = ids.filter((id) => !this.#access?.sees(id));
    for (const id of hidden) {
      if (this.#hidden?.has(id)) continue;
      this.#hidden = (this.#hidden ?? new Set()).add(id);
      if (this.#mailbox?.has(this.#keyOf(id))) this.#mailbox.withdraw(this.#keyOf(id), { removed: true });
      else this.#mailbox?.put(this.#unknown(id, 'LIVE'));
    }
    this.#endIfAllRemoved();
  }

  #visibilityChanged(id: string, isVisible: boolean): void {
    const key = this.#keyOf(id);
    // If it comes back, its first event is sent again.
    if (isVisible) {
      this.#hidden?.delete(id);
      this.#mailbox?.forget(key);
    }
    // A tool that has left an agent gets no event, unless the service finds that it was deleted.
    else if (this.#target.kind === 'project') this.#mailbox?.withdraw(key, { removed: true });
  }

  #keyOf(id: string): string {
    const { tenantId, projectId } = this.#target.project;
    return `${tenantId}/${projectId}/${id}`;
  }

  #unknown(toolId: string, freshness: 'LIVE' | 'STALE'): Observation {
    const { tenantId, projectId } = this.#target.project;
    return {
      tool: { tenantId, projectId, toolId },
      key: this.#keyOf(toolId),
      status: UNKNOWN,
      lastError: null,
      freshness,
      removed: freshness === 'LIVE',
      observedAt: new Date().toISOString(),
    };
  }
}
