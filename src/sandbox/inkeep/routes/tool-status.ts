import type { Caller } from '../env.js';
import type { Discovery } from '../mcp/discovery.js';
import { probeCredential } from '../store/probe-credential.js';
import type { AgentKey, ToolRow } from '../store/rows.js';
import type { Store } from '../store/store.js';
import { agentOf } from './agents.js';
import { AGENT, type Define } from './operation.js';
import { ToolStatusQuery } from './schemas.js';

// The upstream probes this many tools concurrently, one group after the other.
const GROUP = 5;

/** get-agent-tool-status: each tool of an agent once, with its live status and the sub-agents that use it. Not paged. */
export function defineToolStatus(define: Define, store: Store, discovery: Discovery): void {
  const statusOf = async (row: ToolRow, subAgentIds: string[], caller: Caller, signal: AbortSignal) => {
    const { tool, finding } = await discovery.probe(row, signal);
    return {
      id: tool.id,
      name: tool.name,
      status: finding.status,
      lastError: finding.lastError,
      expiresAt: probeCredential(store, tool, caller)?.expiresAt ?? null,
      imageUrl: tool.imageUrl || null,
      subAgentIds,
    };
  };

  define({
    name: 'get-agent-tool-status',
    methods: ['GET'],
    path: `${AGENT}/tool-status`,
    query: ToolStatusQuery,
    async handle({ project, agent, query, caller, signal }) {
      agentOf(store, { ...project, id: agent.agentId });
      const users = [...usersByTool(store, agent)];
      const found: Awaited<ReturnType<typeof statusOf>>[] = [];
      for (let at = 0; at < users.length; at += GROUP) {
        const group = users.slice(at, at + GROUP);
        found.push(...(await Promise.all(group.map(([tool, ids]) => statusOf(tool, ids, caller, signal)))));
      }
      return { data: query.status ? found.filter(({ status }) => status === query.status) : found };
    },
  });
}

function usersByTool(store: Store, agent: AgentKey): Map<ToolRow, string[]> {
  const users = new Map<ToolRow, string[]>();
  for (const relation of store.relations.where({ ...agent })) {
    const tool = store.toolOf(relation);
    const ids = users.get(tool) ?? [];
    if (!ids.includes(relation.subAgentId)) ids.push(relation.subAgentId);
    users.set(tool, ids);
  }
  return users;
}
