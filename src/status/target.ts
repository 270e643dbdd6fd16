import { UpstreamNotFound } from '../upstream/client/errors/upstream-errors.js';
import { getAgent } from '../upstream/inkeep/agent.js';
import type { AgentKey, ProjectKey } from '../upstream/inkeep/keys.js';
import { MAX_PAGE_SIZE, readPage } from '../upstream/inkeep/list.js';
import { getProject } from '../upstream/inkeep/project.js';
import { ListReader } from '../upstream/inkeep/readers/list-reader.js';
import { relationList } from '../upstream/inkeep/relation.js';
import { toolList } from '../upstream/inkeep/tool.js';
import { getToolStatus } from '../upstream/inkeep/tool-status.js';
import type { Operation } from '../upstream/operation.js';
import type { Visible } from './access/visible.js';
import { type PollResult, pollResultOf, UNKNOWN } from './observation.js';
import type { Probe } from './poll/probe.js';

type OnResults = (results: ReadonlyMap<string, PollResult>) => void;

/** What one watch polls: some tools of a project, the tools of an agent, or those of a project. */
export interface Target {
  readonly kind: 'tools' | 'agent' | 'project';
  /** Identifies the watch, together with the caller's fingerprint. */
  readonly key: string;
  /** Identifies what is watched: the same with and without `withLive`. */
  readonly thing: string;
  /** Whether watchers select live fields besides `status` and `lastError`. Each poll of an agent's tool is then a call of its own. */
  readonly withLive: boolean;
  readonly project: ProjectKey;
  /** True if so many tools are polled in bulk when none of them hangs. */
  isForMany(tools: number): boolean;
  /**
   * Polls many tools in bulk: the `wanted` ones of a set of tools, or all of an agent or project. Calls `onResults` for each response
   * of the upstream. Resolves with the ids of all tools found, or with undefined if single polls are cheaper or a bulk poll is not
   * possible. Rejects with PollTimeout if a tool hangs.
   */
  poll(probe: Probe, wanted: readonly string[], onResults: OnResults): Promise<ReadonlySet<string> | undefined>;
  /** Lists the ids of an agent's or project's tools without polling them; null if it does not exist. Undefined for a set of tools. */
  readonly members: ((operation: Operation) => Promise<readonly string[] | null>) | undefined;
  /**
   * Reads which of the tools the caller may see, without probing: `ids` of a set of tools, or all. Null if the agent or project
   * does not exist for the caller.
   */
  visible(operation: Operation, ids: ReadonlySet<string> | undefined): Promise<Visible | null>;
}

/** Some tools of a project. With more than `minForBulk` tools per page of the project, pages are polled instead of single tools. */
export function toolsTarget(project: ProjectKey, minForBulk: number, withLive = false): Target {
  return {
    kind: 'tools',
    ...namesOf('tools', project, withLive),
    project,
    isForMany: (tools) => tools > minForBulk,
    async poll(probe, wanted, onResults) {
      const ids = new Set(wanted);
      const isCheaper = (pages: number): boolean => wanted.length > minForBulk * pages;
      const onPage: OnResults = (results) => onResults(new Map([...results].filter(([id]) => ids.has(id))));
      const found = await pollPages(probe, project, onPage, isCheaper);
      return found && new Set([...found].filter((id) => ids.has(id)));
    },
    members: undefined,
    async visible(operation, ids = new Set()) {
      const pages = new ListReader(operation, toolList(project, { discover: false }));
      const search = await nullIfNotFound(pages.find(ids));
      if (search?.failed instanceof UpstreamNotFound) return { ids: new Set(), rows: undefined };
      if (search?.failed !== undefined) throw search.failed;
      return { ids: new Set(search?.rows.keys()), rows: search?.rows };
    },
  };
}

/** All tools that are attached to the sub-agents of an agent. */
export function agentTarget(agent: AgentKey, withLive = false): Target {
  return {
    kind: 'agent',
    ...namesOf('agent', agent, withLive, agent.agentId),
    project: agent,
    isForMany: () => true,
    async poll(probe, _wanted, onResults) {
      // The rows of tool-status have no other live fields.
      if (withLive) return undefined;
      // A 404 means that the agent is gone, or that the server is older than 0.80 and has no such route. Listing the members
      // decides which.
      const rows = await nullIfNotFound(probe('bulk', (operation) => getToolStatus(operation, agent)));
      if (!rows) return undefined;
      onResults(
        new Map(rows.map((row) => [row.id, { status: row.status ?? UNKNOWN, lastError: row.lastError ?? null }])),
      );
      return new Set(rows.map((row) => row.id));
    },
    async members(operation) {
      const [found, relations] = await Promise.all([
        getAgent(operation, agent).row,
        nullIfNotFound(new ListReader(operation, relationList(agent)).all()),
      ]);
      return found && relations && [...new Set(relations.map((row) => row.toolId))];
    },
    async visible(operation) {
      const relations = await nullIfNotFound(new ListReader(operation, relationList(agent)).all());
      if (!relations) return null;
      // An agent that does not exist has an empty list too.
      if (relations.length === 0 && !(await getAgent(operation, agent).row)) return null;
      return { ids: new Set(relations.map((row) => row.toolId)), rows: undefined };
    },
  };
}

/** All tools of a project. */
export function projectTarget(project: ProjectKey, withLive = false): Target {
  return {
    kind: 'project',
    ...namesOf('project', project, withLive),
    project,
    isForMany: () => true,
    // A deleted project has no tools, or is not found. Listing its members shows which.
    async poll(probe, _wanted, onResults) {
      const found = await nullIfNotFound(pollPages(probe, project, onResults));
      return found && found.size > 0 ? found : undefined;
    },
    async members(operation) {
      const [found, tools] = await Promise.all([
        getProject(operation, project).row,
        nullIfNotFound(new ListReader(operation, toolList(project, { discover: false })).all()),
      ]);
      return found && (tools?.map((tool) => tool.id) ?? null);
    },
    async visible(operation) {
      const tools = await nullIfNotFound(new ListReader(operation, toolList(project, { discover: false })).all());
      return tools && { ids: new Set(tools.map(({ id }) => id)), rows: new Map(tools.map((tool) => [tool.id, tool])) };
    },
  };
}

function namesOf(kind: Target['kind'], { tenantId, projectId }: ProjectKey, withLive: boolean, id = '') {
  const thing = [kind, tenantId, projectId, id].join('\n');
  return { thing, withLive, key: withLive ? `${thing}\nlive` : thing };
}

/** Polls a project page by page. Each page takes one slot, although it makes the upstream probe up to 100 tools. */
async function pollPages(
  probe: Probe,
  project: ProjectKey,
  onPage: OnResults,
  isCheaper: (pages: number) => boolean = () => true,
): Promise<ReadonlySet<string> | undefined> {
  const list = toolList(project, { discover: true });
  const read = async (number: number) => {
    const page = await probe('bulk', (operation) => readPage(operation, list, number, MAX_PAGE_SIZE).page);
    onPage(new Map(page.rows.map((row) => [row.id, pollResultOf(row)])));
    return page;
  };
  const first = await read(1);
  const pages = Math.ceil(first.total / MAX_PAGE_SIZE);
  if (!isCheaper(pages)) return undefined;
  const others = await Promise.all(Array.from({ length: Math.max(0, pages - 1) }, (_, index) => read(index + 2)));
  return new Set([first, ...others].flatMap(({ rows }) => rows.map(({ id }) => id)));
}

async function nullIfNotFound<Value>(read: Promise<Value>): Promise<Value | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof UpstreamNotFound) return null;
    throw error;
  }
}
