import { randomUUID } from 'node:crypto';
import { answerJson } from '../json.js';
import { bodyOf, Failure } from './failures.js';
import type { Define } from './operation.js';
import type { VoiceAgentRow } from './rows.js';
import { AgentCreate, AgentPatch } from './schemas.js';
import type { Store } from './store.js';

/** The defaults of an agent. (documented, except that null for a member without a value is a guess) */
export const AGENT_DEFAULTS: Omit<VoiceAgentRow, 'id' | 'name' | 'created_at' | 'updated_at' | 'created_by'> = {
  description: null,
  category: 'custom',
  status: 'draft',
  system_prompt: null,
  greeting_message: null,
  greeting_mode: 'interruptible',
  llm_model: 'gpt-4o',
  voice_provider: 'cartesia',
  voice_id: null,
  auth_mode: 'authenticated',
  ringing_enabled: false,
  noise_suppression_enabled: true,
  background_audio_enabled: false,
  background_audio_volume: 0.8,
  active_prompt_id: null,
  template_id: null,
  playbooks: [],
  faqs: [],
};

/** The voice agents of the account: a plain array, newest first, without tools. The status codes of writes are guesses. */
export function defineAgents(define: Define, store: Store): void {
  define({
    name: 'list-agents',
    methods: ['GET'],
    path: '/agents',
    handle: (c) => answerJson(c, store.agentsByAge()),
  });

  define({
    name: 'get-agent',
    methods: ['GET'],
    path: '/agents/:id',
    handle: (c, id) => answerJson(c, agentOf(store, id)),
  });

  define({
    name: 'create-agent',
    methods: ['POST'],
    path: '/agents',
    async handle(c) {
      const body = await bodyOf(c, AgentCreate);
      const now = new Date().toISOString();
      const own = { id: `agent_${randomUUID()}`, created_at: now, updated_at: now, created_by: 'user_sandbox' };
      const agent: VoiceAgentRow = { ...AGENT_DEFAULTS, ...body, ...own };
      store.agents.set(agent.id, agent);
      return answerJson(c, agent, 201);
    },
  });

  define({
    name: 'update-agent',
    methods: ['PATCH'],
    path: '/agents/:id',
    async handle(c, id) {
      const agent = agentOf(store, id);
      const changes = await bodyOf(c, AgentPatch);
      const changed = { ...agent, ...changes, updated_at: new Date().toISOString() };
      store.agents.set(id, changed);
      return answerJson(c, changed);
    },
  });

  define({
    name: 'delete-agent',
    methods: ['DELETE'],
    path: '/agents/:id',
    handle(c, id) {
      store.deleteAgent(agentOf(store, id).id);
      return c.body(null, 204);
    },
  });
}

/** The agent with this id. Throws a 404 Failure if there is none. */
export function agentOf(store: Store, id: string): VoiceAgentRow {
  const agent = store.agents.get(id);
  if (agent === undefined) throw new Failure(404, 'agent not found');
  return agent;
}
