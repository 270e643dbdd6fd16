import type { InkeepSandbox } from '../inkeep/index.js';
import type { AvailableTool, McpServer } from '../inkeep/mcp/mcp-servers.js';
import { sqlTime } from '../inkeep/store/clock.js';
import type { RelationRow, ToolRow } from '../inkeep/store/rows.js';

/** A tool of the sample data. `row` and `mcp` override the defaults. */
export interface StoryTool {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  /** The tools of the MCP server: name, description and the names of the (string) arguments. */
  readonly offers: readonly (readonly [name: string, description: string, ...args: string[]])[];
  readonly row?: Partial<ToolRow>;
  readonly mcp?: Partial<McpServer>;
}

/** One use of a tool by a sub-agent: the tool's id, and members that override the defaults. */
type StoryUse = readonly [toolId: string, row?: Partial<RelationRow>];

export interface StoryAgent {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly prompt: string;
  readonly subAgents: readonly {
    readonly id: string;
    readonly name: string;
    readonly about: string;
    readonly prompt: string;
    readonly uses: readonly StoryUse[];
  }[];
}

// Lists show the newest row first, so rows are added in reverse order.

/** A function that returns increasing dates, which start at a day and are `hoursApart` and a few seconds apart. The same in every run. */
export function datesFrom(day: string, hoursApart: number): () => string {
  const step = (hoursApart * 3600 + 137.214) * 1_000_000;
  let micros = Date.parse(`${day}T08:41:17.362Z`) * 1000;
  return () => {
    micros += step;
    return sqlTime(micros - (micros % 1000));
  };
}

/** Seeds a tool in the last project added. */
export function addStoryTool(inkeep: InkeepSandbox, tool: StoryTool, createdAt: string): void {
  const { id, name, about, offers, row, mcp } = tool;
  const url = `https://${id}.mcp.tidewater.example/mcp`;
  inkeep.addTool({
    id,
    name,
    description: about,
    createdAt,
    config: { type: 'mcp', mcp: { server: { url }, transport: { type: 'streamable_http' } } },
    imageUrl: `https://assets.tidewater.example/tools/${id}.svg`,
    mcp: { tools: offers.map(offer), ...mcp },
    ...row,
  });
}

/** Seeds an agent with its sub-agents and their tools, which must exist. Lists show them in the given order. */
export function addStoryAgent(inkeep: InkeepSandbox, agent: StoryAgent, nextDate: () => string): void {
  const { id, name, about, prompt, subAgents } = agent;
  const defaultSubAgentId = subAgents[0]?.id ?? null;
  inkeep.addAgent({ id, name, description: about, prompt, defaultSubAgentId, createdAt: nextDate() });
  for (const { uses, about: description, ...subAgent } of subAgents.toReversed()) {
    inkeep.addSubAgent({ ...subAgent, description, createdAt: nextDate() });
    for (const [toolId, row] of uses.toReversed()) {
      inkeep.addRelation({ subAgentId: subAgent.id, toolId, createdAt: nextDate(), ...row });
    }
  }
}

function offer([name, description, ...args]: StoryTool['offers'][number]): AvailableTool {
  const properties = Object.fromEntries(args.map((arg) => [arg, { type: 'string' }]));
  return { name, description, inputSchema: { type: 'object', properties, required: args, additionalProperties: {} } };
}
