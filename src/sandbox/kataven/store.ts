import type { AgentToolRow, VoiceAgentRow, VoiceToolRow } from './rows.js';

/** The tables of one account. Maps keep the order of inserts. */
export class Store {
  readonly agents = new Map<string, VoiceAgentRow>();
  readonly tools = new Map<string, VoiceToolRow>();
  readonly #rows = new Map<string, Map<string, AgentToolRow>>();

  /** Newest first. */
  agentsByAge(): VoiceAgentRow[] {
    return [...this.agents.values()].sort((a, b) => b.created_at.localeCompare(a.created_at));
  }

  /** By name: the upstream documents no order. */
  toolsByName(): VoiceToolRow[] {
    return [...this.tools.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  toolNamed(wanted: string): VoiceToolRow | undefined {
    return [...this.tools.values()].find(({ name }) => name === wanted);
  }

  rowsOf(agentId: string): AgentToolRow[] {
    return [...(this.#rows.get(agentId)?.values() ?? [])];
  }

  /** Inserts a row or replaces the one with the same agent and tool name. */
  saveRow(row: AgentToolRow): AgentToolRow {
    const rows = this.#rows.get(row.agent_id) ?? new Map<string, AgentToolRow>();
    this.#rows.set(row.agent_id, rows.set(row.tool_name, row));
    return row;
  }

  /** Removes an agent with its rows. */
  deleteAgent(id: string): void {
    this.agents.delete(id);
    this.#rows.delete(id);
  }

  /** Removes a tool with its rows. */
  deleteTool({ id, name }: VoiceToolRow): void {
    this.tools.delete(id);
    for (const rows of this.#rows.values()) rows.delete(name);
  }
}
