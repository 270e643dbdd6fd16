import { UpstreamNotFound } from '../../upstream/client/errors/upstream-errors.js';
import type { ProjectKey } from '../../upstream/inkeep/keys.js';
import { ListReader } from '../../upstream/inkeep/readers/list-reader.js';
import { toolList } from '../../upstream/inkeep/tool.js';
import type { Operation } from '../../upstream/operation.js';
import { type ReadListener, RepeatedRead, type RepeatedReadOptions } from './repeated-read.js';
import { VisiblePool } from './visible.js';

/** For each tool that the service may see: whether its status is the same for everyone. Null: the service sees no such project. */
type Scopes = ReadonlyMap<string, boolean> | null;

export interface CoverageOptions extends Omit<RepeatedReadOptions<Scopes>, 'read'> {
  readonly project: ProjectKey;
  /** An operation with the service credential, for `again`. */
  readonly operation: Operation;
  /** Shortest time between the starts of two reads. */
  readonly minGapMs: number;
  /** The service credential is refused from now on, or is accepted again. */
  onRefusal(isRefused: boolean, error?: unknown): void;
}

/** Notified when the answers of a coverage have changed. */
export interface CoverageListener {
  onCoverage(): void;
  /** The upstream cannot answer, and nothing is known. */
  onUnknown(): void;
}

/**
 * Which tools of a project the service credential probes for everyone, by a plain read that is repeated. The rest is probed with
 * the credentials of callers: tools with `credentialScope: user`, and those that the service may not see.
 */
export class Coverage implements ReadListener<Scopes> {
  readonly operation: Operation;
  readonly #options: CoverageOptions;
  readonly #read: RepeatedRead<Scopes>;
  readonly #listeners = new Set<CoverageListener>();
  readonly #pools = new Map<string, VisiblePool>();
  #isRefused = false;
  /** Someone waits for the next read, even if it returns the same. */
  #isAwaited = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CoverageOptions) {
    const { project, operation } = options;
    this.operation = operation;
    this.#options = options;
    this.#read = new RepeatedRead<Scopes>({
      ...options,
      read: (reader, before) => readScopes(reader, project, before),
      onUnused: () => {
        clearTimeout(this.#timer);
        if (this.#isRefused) options.onRefusal(false);
        options.onUnused();
      },
    });
  }

  /** False until the first read has ended. */
  get isKnown(): boolean {
    return this.#isRefused || this.#read.last !== undefined;
  }

  /** The service credential is refused for this project: callers' own credentials are used for everything in it. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** When the last successful read started, by `performance.now()`. */
  get readAt(): number {
    return this.#read.startedAt;
  }

  /** True: the service probes the tool for everyone. False: its status depends on the caller. Undefined: the service does not see it. */
  isShared(toolId: string): boolean | undefined {
    return this.#read.last?.get(toolId);
  }

  /** The pool for what people may see of one target. */
  pool(targetKey: string): VisiblePool {
    const pool = this.#pools.get(targetKey) ?? new VisiblePool();
    this.#pools.set(targetKey, pool);
    return pool;
  }

  add(listener: CoverageListener): void {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#read.add(this);
  }

  remove(listener: CoverageListener): void {
    if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#read.remove(this);
  }

  /**
   * Reads again now, or after `minGapMs` if it has just been read, and notifies in any case: a tool was changed, is new, or was
   * removed.
   */
  refresh(): void {
    this.#isAwaited = true;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#read.readNow();
      },
      Math.max(0, this.#read.startedAt + this.#options.minGapMs - performance.now()),
    );
  }

  /** A probe with the service credential was refused. It is tried again after the next regular read. */
  refuse(error: unknown): void {
    if (this.#isRefused) return;
    this.#isRefused = true;
    this.#options.onRefusal(true, error);
    for (const listener of [...this.#listeners]) listener.onCoverage();
  }

  onRead(scopes: Scopes, before: Scopes | undefined): void {
    if (scopes === null) {
      this.refuse(undefined);
      return;
    }
    const isBack = this.#isRefused;
    const isNews = isBack || this.#isAwaited || scopes !== before;
    this.#isRefused = false;
    this.#isAwaited = false;
    if (isBack) this.#options.onRefusal(false);
    if (isNews) for (const listener of [...this.#listeners]) listener.onCoverage();
  }

  onRefused(error: unknown): void {
    this.refuse(error);
  }

  onUnknown(): void {
    if (!this.isKnown) for (const listener of [...this.#listeners]) listener.onUnknown();
  }
}

async function readScopes(operation: Operation, project: ProjectKey, before: Scopes | undefined): Promise<Scopes> {
  try {
    const rows = await new ListReader(operation, toolList(project, { discover: false })).all();
    const scopes = new Map(rows.map(({ id, credentialScope }) => [id, credentialScope !== 'user']));
    const isSame = before?.size === scopes.size && [...scopes].every(([id, isShared]) => before.get(id) === isShared);
    return isSame ? before : scopes;
  } catch (error) {
    if (error instanceof UpstreamNotFound) return null;
    throw error;
  }
}
