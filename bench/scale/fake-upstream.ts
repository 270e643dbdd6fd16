import type { Caller, PendingCall, UpstreamAnswer, UpstreamCall } from '../../src/upstream/client/call.js';
import type { UpstreamClient } from '../../src/upstream/client/client.js';
import { UpstreamNotFound } from '../../src/upstream/client/errors/upstream-errors.js';
import type { AgentKey } from '../../src/upstream/inkeep/keys.js';
import type { Recording } from './recording.js';

/** A plain read of the real upstream takes 8 ms. */
const READ_MS = 8;
/** A probe of a healthy MCP server. The upstream probes the tools of an agent in groups of five. */
const PROBE_MS = 15;
const GROUP = 5;
const PAGE = 100;
const AGENTS_PER_PROJECT = 10;

export interface FakeUpstreamOptions {
  readonly agents: number;
  readonly toolsPerAgent: number;
  /** Probes in a second, all together; further ones wait. */
  readonly maxProbes: number;
  readonly recording: Recording;
  /** The caller that probes for everyone. */
  readonly service: Caller;
}

interface Tool {
  readonly id: string;
  status: string;
  readonly lastError: null;
}

/** The manage API of many agents with tools of their own, in memory. Bodies are shared, as equal answers are not what is measured. */
export class FakeUpstream implements UpstreamClient {
  readonly #options: FakeUpstreamOptions;
  readonly #tools: readonly (readonly Tool[])[];
  readonly #pages = new Map<string, object>();
  readonly #changedAt = new Map<string, number>();
  #probesEndAt = 0;

  constructor(options: FakeUpstreamOptions) {
    this.#options = options;
    this.#tools = Array.from({ length: options.agents }, (_, agent) =>
      Array.from({ length: options.toolsPerAgent }, (_, n) => ({
        id: `tool-${agent}-${n}`,
        status: 'healthy',
        lastError: null,
      })),
    );
  }

  agentKey(agent: number): AgentKey {
    return {
      tenantId: 'default',
      projectId: `project-${Math.floor(agent / AGENTS_PER_PROJECT)}`,
      agentId: String(agent),
    };
  }

  /** Changes the status of a random tool of this agent, unless its last change may still be on its way. */
  change(agent: number, quietMs: number): void {
    const now = performance.now();
    const tools = this.#tools[agent] ?? [];
    const tool = tools[Math.floor(Math.random() * tools.length)];
    if (!tool || now - (this.#changedAt.get(tool.id) ?? -quietMs) < quietMs) return;
    tool.status = tool.status === 'healthy' ? 'unavailable' : 'healthy';
    this.#changedAt.set(tool.id, now);
  }

  /** When the status of the tool has last changed. */
  changedAt(toolId: string): number | undefined {
    return this.#changedAt.get(toolId);
  }

  request(caller: Caller, call: UpstreamCall): PendingCall {
    return { coalesced: false, answer: this.#answer(caller, call) };
  }

  async close(): Promise<void> {}

  async #answer(caller: Caller, call: UpstreamCall): Promise<UpstreamAnswer> {
    const { recording, service } = this.#options;
    const now = performance.now();
    if (call.lane === 'plain') {
      recording.add(caller.fingerprint === service.fingerprint ? 'serviceReads' : 'reads', now);
      await sleep(READ_MS);
    }
    const [, , , projectId = '', , id = ''] = call.path;
    switch (call.operation) {
      case 'get-agent-tool-status': {
        const tools = this.#tools[Number(id)] ?? [];
        await this.#probe(tools.length);
        return answer({ data: tools.map((tool) => ({ ...tool })) });
      }
      case 'get-tool': {
        await this.#probe(1);
        const [, agent, n] = id.split('-').map(Number);
        const tool = this.#tools[agent ?? -1]?.[n ?? -1];
        if (tool) return answer({ data: { ...tool } });
        break;
      }
      case 'get-agent':
        return answer({ data: { id } });
      case 'list-subagent-tool-relations':
        return answer(this.#page(`relations ${id}`, () => this.#relations(Number(id)), Number(call.query?.page)));
      case 'list-tools':
        return answer(this.#page(`tools ${projectId}`, () => this.#toolsOf(projectId), Number(call.query?.page)));
    }
    throw new UpstreamNotFound('has no such route', {
      service: 'inkeep',
      operation: call.operation,
      method: call.method,
      path: call.path.join('/'),
    });
  }

  /** Resolves when so many tools of one call are probed. Calls share the probes of a second in the order of their arrival. */
  async #probe(tools: number): Promise<void> {
    const { recording, maxProbes } = this.#options;
    const now = performance.now();
    recording.add('probes', now, tools);
    if (tools > 1) recording.add('polls', now);
    this.#probesEndAt = Math.max(now, this.#probesEndAt) + (tools * 1_000) / maxProbes;
    await sleep(Math.max(this.#probesEndAt - now, Math.ceil(tools / GROUP) * PROBE_MS));
  }

  #page(list: string, rowsOf: () => readonly object[], page: number): object {
    const name = `${list} ${page}`;
    const known = this.#pages.get(name);
    if (known) return known;
    const rows = rowsOf();
    const body = {
      data: rows.slice((page - 1) * PAGE, page * PAGE),
      pagination: { page, limit: PAGE, total: rows.length, pages: Math.ceil(rows.length / PAGE) },
    };
    this.#pages.set(name, body);
    return body;
  }

  #relations(agent: number): readonly object[] {
    return (this.#tools[agent] ?? []).map(({ id }) => ({ id: `relation-${id}`, subAgentId: 'triage', toolId: id }));
  }

  #toolsOf(projectId: string): readonly object[] {
    const first = Number(projectId.split('-')[1]) * AGENTS_PER_PROJECT;
    const tools = this.#tools.slice(first, first + AGENTS_PER_PROJECT).flat();
    return tools.map(({ id }) => ({ id, credentialScope: 'project' }));
  }
}

function answer(body: object): UpstreamAnswer {
  return { status: 200, body };
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
