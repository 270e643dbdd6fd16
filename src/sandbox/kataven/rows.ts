type JsonObject = Record<string, unknown>;

/** A playbook as it is embedded in an agent. It also gives the agent its tools. */
export interface Playbook {
  id: string;
  name: string;
  display_name: string;
  category: string;
  description: string;
  tool_names: string[];
}

interface Faq {
  id: string;
  name: string;
  title: string;
  summary: string;
  content: string;
  category: string;
}

export interface VoiceAgentRow {
  id: string;
  name: string;
  description: string | null;
  category: string;
  status: string;
  system_prompt: string | null;
  greeting_message: string | null;
  greeting_mode: string;
  llm_model: string;
  voice_provider: string;
  voice_id: string | null;
  auth_mode: string;
  ringing_enabled: boolean;
  noise_suppression_enabled: boolean;
  background_audio_enabled: boolean;
  background_audio_volume: number;
  active_prompt_id: string | null;
  template_id: string | null;
  playbooks: Playbook[];
  faqs: Faq[];
  created_at: string;
  updated_at: string;
  created_by: string;
}

export interface VoiceToolRow {
  id: string;
  name: string;
  display_name: string;
  description: string;
  category: string;
  /** JSON Schema of the arguments. */
  schema: JsonObject;
  implementation_type: string;
  implementation_config: JsonObject;
  implementation_code: string;
  tags: string[];
  /** Built in: cannot be deleted. */
  is_default: boolean;
  modified_from_default: boolean;
  default_version: string | null;
  created_at: string;
  updated_at: string;
}

/** The use of a tool, given by name, by an agent. It has no id and no dates. */
export interface AgentToolRow {
  agent_id: string;
  tool_name: string;
  config: JsonObject;
  enabled: boolean;
}
