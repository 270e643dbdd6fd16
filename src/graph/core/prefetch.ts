import type { GraphQLSchema } from 'graphql';
import type { AgentKey, ProjectKey, ToolKey } from '../../upstream/inkeep/keys.js';
import { sliceOf } from './connection.js';
import type { GraphContext } from './context.js';
import { checkFilter } from './error-codes.js';
import { fieldsOn, fieldsOnNodes, needsOf, nodesOf, type Selected } from './look-ahead.js';

/** What is started here is counted in the report when a resolver asks for it, and not before. */
const PREFETCH = { isPrefetch: true };

/**
 * What a query's arguments already tell is asked for at once: `agent(…) { subAgents { toolRelations { tool { name } } } }`
 * knows project and agent at the root, so agent, sub-agents, relations and tools start together. The resolvers that come
 * to it later find their reads under way. Nothing that probes is started before it is known to be wanted.
 */
export function startAgent(context: GraphContext, key: AgentKey, agent: Selected, schema: GraphQLSchema): void {
  const fields = (...names: string[]): Selected[] => fieldsOn([agent], 'Agent', ...names);
  for (const { args } of fields('subAgents'))
    tryTo(() => context.inkeep.subAgents(key).window(sliceOf(args), PREFETCH));
  for (const { args } of fields('toolRelations')) {
    const { subAgentId, toolId } = args as { subAgentId?: string | null; toolId?: string | null };
    // Of a pair, the resolver reads all relations of the sub-agent.
    if (subAgentId && toolId) continue;
    const filter = { subAgentId: subAgentId ?? undefined, toolId: toolId ?? undefined };
    tryTo(() => {
      checkFilter(filter);
      return context.inkeep.relations(key).window(sliceOf(args), filter, PREFETCH);
    });
  }
  const subAgents = fields('subAgents');
  const relations = fieldsOnNodes(subAgents, 'SubAgent', 'toolRelations');
  const tools = [...fields('tools'), ...fieldsOnNodes(subAgents, 'SubAgent', 'tools')];
  const linked = [
    ...nodesOf(tools, 'Tool'),
    ...fieldsOnNodes([...relations, ...fields('toolRelations')], 'SubAgentToolRelation', 'tool'),
  ];
  const wantsStored = linked.some((tool) => wantsOnlyStored(schema, tool));
  if (wantsStored) tryTo(() => context.inkeep.tools(key).startStored());
  if (relations.length === 0 && tools.length === 0) return;
  tryTo(() =>
    context.inkeep.relations(key).startAll((rows, total) => {
      if (!wantsStored) return;
      // Relations on pages to come have tools on pages to come, as a rule: do not wait to see which.
      if (total > rows.length) context.inkeep.tools(key).readAhead();
      else context.inkeep.tools(key).expectStored(rows.map((row) => row.toolId));
    }),
  );
}

/** As `startAgent`, for a project: its lists, and the agents and tools that are named in it. */
export function startProject(context: GraphContext, key: ProjectKey, project: Selected, schema: GraphQLSchema): void {
  const agentIds = fieldsOn([project], 'Project', 'agent').map(({ args }) => String(args.agentId));
  tryTo(() => context.inkeep.agents(key).start(agentIds));
  for (const field of fieldsOn([project], 'Project')) {
    const { agentId, toolId } = field.args as { agentId?: string; toolId?: string };
    if (field.name === 'agents') {
      tryTo(() => context.inkeep.agents(key).window(sliceOf(field.args), PREFETCH));
      const tools = fieldsOnNodes([field], 'Agent', 'tools');
      if (nodesOf(tools, 'Tool').some((tool) => wantsOnlyStored(schema, tool))) {
        tryTo(() => context.inkeep.tools(key).startStored());
      }
    }
    if (field.name === 'agent' && agentId !== undefined) {
      startAgent(context, { ...key, agentId }, field, schema);
    }
    if (
      field.name === 'tools' &&
      !field.args.status &&
      nodesOf([field], 'Tool').every((tool) => !wantsLive(schema, tool))
    ) {
      tryTo(() => context.inkeep.tools(key).storedWindow(sliceOf(field.args), PREFETCH));
    }
    if (field.name === 'tool' && toolId !== undefined) {
      startTool(context, { ...key, toolId }, field);
      if (!wantsLive(schema, field)) tryTo(() => context.inkeep.tools(key).startStored());
    }
  }
}

/** As `startAgent`, for a tool: the agents that may use it. */
export function startTool(context: GraphContext, key: ToolKey, tool: Selected): void {
  for (const { args } of fieldsOn([tool], 'Tool', 'relations', 'subAgents')) {
    if (args.agentId === undefined || args.agentId === null) tryTo(() => context.inkeep.agents(key).all(PREFETCH));
  }
}

/** Whether live fields of a tool are selected: these need a look at the MCP server. */
export function wantsLive(schema: GraphQLSchema, tool: Selected): boolean {
  return needsOf(schema, [tool], 'Tool').has('live');
}

function wantsOnlyStored(schema: GraphQLSchema, tool: Selected): boolean {
  const needs = needsOf(schema, [tool], 'Tool');
  return needs.has('stored') && !needs.has('live');
}

/** Starts a read that nobody waits for yet. Whoever asks for it is told what went wrong. */
function tryTo(start: () => unknown): void {
  try {
    const read = start();
    if (read instanceof Promise) read.catch(() => {});
  } catch {
    // Bad arguments or no credential: the resolver meets the same, and reports it at its field.
  }
}
