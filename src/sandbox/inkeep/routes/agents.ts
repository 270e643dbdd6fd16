import { Problem } from '../problems.js';
import type { AgentRow } from '../store/rows.js';
import type { InProject, Store } from '../store/store.js';
import { type Define, PROJECT } from './operation.js';
import { pageOf } from './paging.js';
import { Paging } from './schemas.js';

/** list-agents and get-agent. */
export function defineAgents(define: Define, store: Store): void {
  define({
    name: 'list-agents',
    methods: ['GET'],
    path: `${PROJECT}/agents`,
    query: Paging,
    handle: ({ project, query }) => pageOf(store.agents.where(project), query),
  });

  define({
    name: 'get-agent',
    methods: ['GET'],
    path: `${PROJECT}/agents/:id`,
    handle: ({ project, id }) => ({ data: agentOf(store, { ...project, id }) }),
  });
}

/** The agent with this key. Throws a not_found Problem if there is none. */
export function agentOf(store: Store, key: InProject): AgentRow {
  const agent = store.agents.get(key);
  if (agent === undefined) throw new Problem('not_found', 'Agent not found');
  return agent;
}
