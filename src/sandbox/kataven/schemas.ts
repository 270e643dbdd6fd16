import { z } from 'zod';
import { JsonObject } from '../json.js';

/** Body of an upsert. If the documentation says nothing, the sandbox is strict: the name is required, and config cannot be null. */
export const AgentToolUpsert = z.object({
  agent_id: z.string().optional(),
  tool_name: z.string().min(1),
  config: JsonObject.default({}),
  enabled: z.boolean().default(true),
});

/** Body of create-agent. Members that the server sets are dropped. */
export const AgentCreate = z.object({
  name: z.string().trim().min(1),
  description: z.string().nullish(),
  category: z.string().optional(),
  status: z.string().optional(),
  system_prompt: z.string().nullish(),
  greeting_message: z.string().nullish(),
  greeting_mode: z.string().optional(),
  llm_model: z.string().optional(),
  voice_provider: z.string().optional(),
  voice_id: z.string().nullish(),
  auth_mode: z.string().optional(),
  ringing_enabled: z.boolean().optional(),
  noise_suppression_enabled: z.boolean().optional(),
  background_audio_enabled: z.boolean().optional(),
  background_audio_volume: z.number().min(0).max(1).optional(),
  active_prompt_id: z.string().nullish(),
  template_id: z.string().nullish(),
});

/** Body of update-agent. */
export const AgentPatch = AgentCreate.partial();

/** Body of create-tool. */
export const ToolCreate = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be snake_case'),
  category: z.string().min(1),
  description: z.string().default(''),
  schema: JsonObject.default({}),
  implementation_type: z.enum(['http', 'python']).default('python'),
  implementation_config: JsonObject.default({}),
  implementation_code: z.string().default(''),
  tags: z.array(z.string()).default([]),
});

/** Body of update-tool: partial, although the method is PUT; name, category and type cannot change. */
export const ToolUpdate = z.object({
  description: z.string().optional(),
  schema: JsonObject.optional(),
  implementation_config: JsonObject.optional(),
  implementation_code: z.string().optional(),
  tags: z.array(z.string()).optional(),
});

export const ToolListQuery = z.object({
  category: z.string().optional(),
  type: z.string().optional(),
  search: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(10),
  offset: z.coerce.number().int().min(0).default(0),
});
export type ToolListQuery = z.output<typeof ToolListQuery>;
