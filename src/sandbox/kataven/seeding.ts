import { createHash } from 'node:crypto';
import { AGENT_DEFAULTS } from './agents.js';
import type { AgentToolRow, VoiceAgentRow, VoiceToolRow } from './rows.js';
import type { Store } from './store.js';
import { displayName } from './tools.js';

// The dates of seeded rows start here, a minute apart: the same in every run, and older than any created row.
const FIRST = Date.UTC(2025, 0, 6, 9);
const MINUTE = 60_000;

/** Adds rows to the store without a request. Members that are not given have defaults. */
export class Seeding {
  readonly #store: Store;
  #time = FIRST;

  constructor(store: Store) {
    this.#store = store;
  }

  addAgent({ id, name = id, ...row }: Partial<VoiceAgentRow> & { id: string }): VoiceAgentRow {
    const agent = {
      id,
      name,
      ...AGENT_DEFAULTS,
      status: 'active',
      ...this.#dates(),
      created_by: 'user_sandbox',
      ...row,
    };
    this.#store.agents.set(agent.id, agent);
    return agent;
  }

  /** The default id is a UUID derived from the name. */
  addTool({ name, id = uuidOf(name), ...row }: Partial<VoiceToolRow> & { name: string }): VoiceToolRow {
    const tool = {
      id,
      name,
      display_name: displayName(name),
      description: '',
      category: 'custom',
      schema: { type: 'object', properties: {} },
      implementation_type: 'python',
      implementation_config: {},
      implementation_code: '',
      tags: [],
      is_default: false,
      modified_from_default: false,
      default_version: null,
      ...this.#dates(),
      ...row,
    };
    this.#store.tools.set(tool.id, tool);
    return tool;
  }

  /** Neither the agent nor the tool must exist. */
  addRow(row: Partial<AgentToolRow> & { agent_id: string; tool_name: string }): AgentToolRow {
    const { agent_id, tool_name, config = {}, enabled = true } = row;
    return this.#store.saveRow({ agent_id, tool_name, config, enabled });
  }

  #dates(): { created_at: string; updated_at: string } {
    this.#time += MINUTE;
    const created_at = new Date(this.#time).toISOString();
    return { created_at, updated_at: created_at };
  }
}

function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
