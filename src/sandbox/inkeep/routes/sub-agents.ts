import { Problem } from '../problems.js';
import type { Store } from '../store/store.js';
import { AGENT, type Define } from './operation.js';
import { mapPage, pageOf } from './paging.js';
import { Paging } from './schemas.js';
import { subAgentView } from './views.js';

/** list-subagents and get-subagent-by-id. The list does not check that the agent exists. (observed) */
export function defineSubAgents(define: Define, store: Store): void {
  define({
    name: 'list-subagents',
    methods: ['GET'],
    path: `${AGENT}/sub-agents`,
    query: Paging,
    handle: ({ agent, query }) => mapPage(pageOf(store.subAgents.where(agent), query), subAgentView),
  });

  define({
    name: 'get-subagent-by-id',
    methods: ['GET'],
    path: `${AGENT}/sub-agents/:id`,
    handle({ agent, id }) {
      const subAgent = store.subAgents.get({ ...agent, id });
      if (subAgent === undefined) throw new Problem('not_found', 'SubAgent not found');
      return { data: subAgentView(subAgent) };
    },
  });
}
