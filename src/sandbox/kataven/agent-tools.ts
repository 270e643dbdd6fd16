import { answerJson } from '../json.js';
import { agentOf } from './agents.js';
import { bodyOf, Failure } from './failures.js';
import type { Define } from './operation.js';
import { AgentToolUpsert } from './schemas.js';
import type { Store } from './store.js';

/**
 * The rows that give agents their tools. Nothing removes one. If the documentation says nothing, the sandbox is strict: an upsert
 * replaces the whole row, and agent and tool must exist.
 */
export function defineAgentTools(define: Define, store: Store): void {
  define({
    name: 'list-agent-tools',
    methods: ['GET'],
    path: '/agents/:id/tools',
    handle: (c, id) => answerJson(c, store.rowsOf(agentOf(store, id).id)),
  });

  define({
    name: 'upsert-agent-tool',
    methods: ['POST', 'PUT'],
    path: '/agents/:id/tools',
    async handle(c, id) {
      const { agent_id = id, tool_name, config, enabled } = await bodyOf(c, AgentToolUpsert);
      if (agent_id !== id) throw new Failure(400, 'invalid body: agent_id is not that of the path');
      agentOf(store, id);
      const tool = store.toolNamed(tool_name);
      if (tool === undefined) throw new Failure(404, 'tool not found');
      store.saveRow({ agent_id, tool_name, config, enabled });
      return c.body(null, 200);
    },
  });
}
