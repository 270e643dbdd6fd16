import { agentResource } from '../../upstream/inkeep/agent.js';
import { credentialResource } from '../../upstream/inkeep/credential.js';
import type { AgentKey, ProjectKey, ToolKey } from '../../upstream/inkeep/keys.js';
import { getProjectPermissions } from '../../upstream/inkeep/project.js';
import { subAgentResource } from '../../upstream/inkeep/sub-agent.js';
import { sliceOf } from '../core/connections/connection.js';
import type { GraphContext } from '../core/context.js';
import { checkFilter } from '../core/errors/error-codes.js';
import { fieldsOn, fieldsOnNodes, nodesOf, type Selected } from '../core/reads/look-ahead.js';

/** A prefetched read is counted in the report only when a resolver requests it. */
const PREFETCH = { isPrefetch: true };

/**
 * Starts the reads below an agent that its key and the selected fields already determine, so that they run side by side instead
 * of level by level. The resolvers find the reads in flight later. Never starts a probe.
 *
 * Example: for `agent(…) { subAgents { toolRelations { tool { name } } } }`, the lists of sub-agents, relations and tools are read
 * together with the agent.
 */
export function prefetchAgent(context: GraphContext, key: AgentKey, agent: Selected): void {
  prefetchSubAgents(context, key, agent);
  prefetchRelations(context, key, agent);
  prefetchLinkedTools(context, key, agent);
}

function prefetchSubAgents(context: GraphContext, key: AgentKey, agent: Selected): void {
  for (const { args } of fieldsOn([agent], 'Agent', 'subAgents')) {
    prefetch(() => context.inkeep.items(subAgentResource, key).window(sliceOf(args), PREFETCH));
  }
}

function prefetchRelations(context: GraphContext, key: AgentKey, agent: Selected): void {
  for (const { args } of fieldsOn([agent], 'Agent', 'toolRelations')) {
    const { subAgentId, toolId } = args as { subAgentId?: string | null; toolId?: string | null };
    // With both filters, the resolver reads all relations of the sub-agent.
    if (subAgentId && toolId) continue;
    const filter = { subAgentId: subAgentId ?? undefined, toolId: toolId ?? undefined };
    prefetch(() => {
      checkFilter(filter);
      return context.inkeep.relations(key).window(sliceOf(args), filter, PREFETCH);
    });
  }
}

/** Prefetches the relations below an agent whose tools are selected, and the first page of tools if their stored fields are. */
function prefetchLinkedTools(context: GraphContext, key: AgentKey, agent: Selected): void {
  const subAgents = fieldsOn([agent], 'Agent', 'subAgents');
  const relations = fieldsOnNodes(subAgents, 'SubAgent', 'toolRelations');
  const tools = [...fieldsOn([agent], 'Agent', 'tools'), ...fieldsOnNodes(subAgents, 'SubAgent', 'tools')];
  const linked = [
    ...nodesOf(tools, 'Tool'),
    ...fieldsOnNodes([...relations, ...fieldsOn([agent], 'Agent', 'toolRelations')], 'SubAgentToolRelation', 'tool'),
  ];
  const wantsStored = linked.some((tool) => wantsOnlyStored(tool));
  if (wantsStored) prefetch(() => context.inkeep.tools(key).startStored());
  if (relations.length > 0 || tools.length > 0) prefetchAllRelations(context, key, wantsStored);
}

/** Prefetches all relations of an agent and, if `wantsStored`, the tools that they name. */
function prefetchAllRelations(context: GraphContext, key: AgentKey, wantsStored: boolean): void {
  prefetch(() =>
    context.inkeep.relations(key).startAll((rows, total) => {
      if (!wantsStored) return;
      // If relations are left to read, their tools are probably on later pages too: read those without waiting.
      if (total > rows.length) context.inkeep.tools(key).readAhead();
      else context.inkeep.tools(key).expectStored(rows.map((row) => row.toolId));
    }),
  );
}

/** Like `prefetchAgent`, for a project: its lists, and the agents and tools that arguments name. */
export function prefetchProject(context: GraphContext, key: ProjectKey, project: Selected): void {
  const agentIds = fieldsOn([project], 'Project', 'agent').map(({ args }) => String(args.agentId));
  prefetch(() => context.inkeep.items(agentResource, key).start(agentIds));
  for (const field of fieldsOn([project], 'Project')) {
    const { agentId, toolId } = field.args as { agentId?: string; toolId?: string };
    if (field.name === 'agents') prefetchAgents(context, key, field);
    if (field.name === 'credentialReferences') prefetchCredentials(context, key, field);
    if (field.name === 'permissions') prefetch(() => getProjectPermissions(context.operation, key).row);
    if (field.name === 'agent' && agentId !== undefined) prefetchAgent(context, { ...key, agentId }, field);
    if (field.name === 'tools') prefetchTools(context, key, field);
    if (field.name === 'tool' && toolId !== undefined) {
      prefetchTool(context, { ...key, toolId }, field);
      if (!wantsLive(field)) prefetch(() => context.inkeep.tools(key).startStored());
    }
  }
}

/**
 * Reads a list of a project that is selected and needs no probe. Resolves with whether the list has rows, which proves that the
 * project exists; false if it cannot be read. Undefined if no such list is selected. Permissions prove nothing: the upstream
 * tells an administrator that they may do everything in a project that does not exist.
 */
export function findProof(context: GraphContext, key: ProjectKey, project: Selected): Promise<boolean> | undefined {
  for (const field of fieldsOn([project], 'Project', 'tools', 'agents', 'credentialReferences')) {
    if (field.name === 'tools' && needsProbes(field)) continue;
    return readTotal(context, key, field).then(
      (total) => total > 0,
      () => false,
    );
  }
  return undefined;
}

/** The number of rows of a list. The pages that it reads are those that the resolver reads. */
async function readTotal(context: GraphContext, key: ProjectKey, { name, args }: Selected): Promise<number> {
  const slice = sliceOf(args);
  if (name === 'tools') return (await context.inkeep.tools(key).storedWindow(slice, PREFETCH)).total;
  if (name === 'agents') return (await context.inkeep.items(agentResource, key).window(slice, PREFETCH)).total;
  return (await context.inkeep.items(credentialResource, key).window(slice, PREFETCH)).total;
}

/** Whether a list of tools can only be read with probes. */
function needsProbes(tools: Selected): boolean {
  return Boolean(tools.args.status) || nodesOf([tools], 'Tool').some((tool) => wantsLive(tool));
}

/** Prefetches the page of agents that `Project.agents` selects, and the first page of tools if stored fields of tools are selected. */
function prefetchAgents(context: GraphContext, key: ProjectKey, agents: Selected): void {
  prefetch(() => context.inkeep.items(agentResource, key).window(sliceOf(agents.args), PREFETCH));
  const tools = fieldsOnNodes([agents], 'Agent', 'tools');
  if (nodesOf(tools, 'Tool').some((tool) => wantsOnlyStored(tool))) {
    prefetch(() => context.inkeep.tools(key).startStored());
  }
}

function prefetchCredentials(context: GraphContext, key: ProjectKey, { args }: Selected): void {
  prefetch(() => context.inkeep.items(credentialResource, key).window(sliceOf(args), PREFETCH));
}

/** Prefetches the page that `Project.tools` selects, unless it needs probes. */
function prefetchTools(context: GraphContext, key: ProjectKey, tools: Selected): void {
  if (needsProbes(tools)) return;
  prefetch(() => context.inkeep.tools(key).storedWindow(sliceOf(tools.args), PREFETCH));
}

/** Like `prefetchAgent`, for a tool: the agents of its project, whose relations are searched for the tool. */
export function prefetchTool(context: GraphContext, key: ToolKey, tool: Selected): void {
  for (const { args } of fieldsOn([tool], 'Tool', 'relations', 'subAgents')) {
    if (args.agentId === undefined || args.agentId === null)
      prefetch(() => context.inkeep.items(agentResource, key).all(PREFETCH));
  }
}

/** Whether live fields of a tool are selected, which need a probe of its MCP server. */
export function wantsLive(tool: Selected): boolean {
  return tool.needsOn('Tool').has('live');
}

function wantsOnlyStored(tool: Selected): boolean {
  const needs = tool.needsOn('Tool');
  return needs.has('stored') && !needs.has('live');
}

/** Starts a read that no resolver has requested yet. The resolver that requests it gets its error. */
function prefetch(start: () => unknown): void {
  try {
    const read = start();
    if (read instanceof Promise) read.catch(() => {});
  } catch {
    // Arguments that are not valid, or no credential: the resolver gets the same error and reports it at its field.
  }
}
