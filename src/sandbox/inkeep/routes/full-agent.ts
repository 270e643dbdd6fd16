import { isoTime } from '../store/clock.js';
import type { AgentRow, RelationRow, SubAgentRow, ToolRow } from '../store/rows.js';
import type { Store } from '../store/store.js';
import { agentOf } from './agents.js';
import { AGENT, type Define } from './operation.js';

/** get-full-agent-definition: an agent with its sub-agents, relations and tools as maps by id, without any probe. */
export function defineFullAgent(define: Define, store: Store): void {
  define({
    name: 'get-full-agent-definition',
    methods: ['GET'],
    path: `${AGENT}/full`,
    handle({ project, agent: { agentId } }) {
      const agent = agentOf(store, { ...project, id: agentId });
      return { data: definition(store, agent) };
    },
  });
}

// The tools are read as one page of the project, newest first: an older tool is in `canUse` but not in `tools`. (recorded)
const TOOLS_READ = 100;

function definition(store: Store, agent: AgentRow) {
  const { tenantId, projectId, id: agentId } = agent;
  const subAgents = store.subAgents.where({ tenantId, projectId, agentId });
  const relations = store.relations.where({ tenantId, projectId, agentId });
  const used = new Set(relations.map(({ toolId }) => toolId));
  const tools = store.tools.where({ tenantId, projectId }).slice(0, TOOLS_READ);
  return {
    id: agent.id,
    name: agent.name,
    description: agent.description,
    defaultSubAgentId: agent.defaultSubAgentId,
    subAgents: byId(subAgents.map((subAgent) => subAgentPart(subAgent, relations))),
    createdAt: isoTime(agent.createdAt),
    updatedAt: isoTime(agent.updatedAt),
    // Unlike the agent itself, the definition omits members without a value.
    models: agent.models ?? undefined,
    statusUpdates: agent.statusUpdates ?? undefined,
    prompt: agent.prompt ?? undefined,
    stopWhen: agent.stopWhen ?? undefined,
    executionMode: agent.executionMode,
    tools: byId(tools.filter(({ id }) => used.has(id)).map(toolPart)),
    functionTools: {},
  };
}

function subAgentPart(subAgent: SubAgentRow, relations: readonly RelationRow[]) {
  const { id, name, description, prompt, models, stopWhen, outputContract } = subAgent;
  const own = relations.filter(({ subAgentId }) => subAgentId === id);
  return {
    ...{ id, name, description, prompt, models, stopWhen, outputContract },
    canTransferTo: [],
    canDelegateTo: [],
    skills: [],
    dataComponents: [],
    artifactComponents: [],
    canUse: own.sort((a, b) => a.id.localeCompare(b.id)).map(usePart),
  };
}

function usePart({ id, toolId, selectedTools, headers, toolPolicies }: RelationRow) {
  return { agentToolRelationId: id, toolId, toolSelection: selectedTools, headers, toolPolicies };
}

function toolPart({ id, name, description, config, credentialReferenceId, imageUrl }: ToolRow) {
  return { id, name, description, config, credentialReferenceId, imageUrl };
}

function byId<Part extends { id: string }>(parts: readonly Part[]): Record<string, Part> {
  return Object.fromEntries(parts.map((part) => [part.id, part]));
}
