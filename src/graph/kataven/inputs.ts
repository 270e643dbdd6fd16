import { z } from 'zod';
import type { VoiceToolBody } from '../../upstream/kataven/tool.js';
import { builder } from '../core/builder.js';
import { changesSomething, given, nodeId, parseInput } from '../core/mutations/input-checks.js';
import { jsonObject } from '../core/mutations/json-inputs.js';
import { VoiceAgentId } from './voice-agent.js';
import { VoiceToolId } from './voice-tool.js';

export const AttachToolToVoiceAgentInput = builder.inputType('AttachToolToVoiceAgentInput', {
  description: 'A tool for a voice agent. If the agent already has the tool, a field that is left out stays unchanged.',
  fields: (t) => ({
    agent: t.id({ required: true, description: 'The `id` of the voice agent.' }),
    toolName: t.string({ required: true, description: 'Name of the tool.' }),
    enabled: t.boolean({
      description:
        'Whether the agent may use it. Defaults to true if the tool is new to the agent. A tool cannot be detached, only disabled.',
    }),
    config: t.field({
      type: 'JSONObject',
      description:
        'The agent’s settings for it. Replaces all of them; defaults to `{}` if the tool is new to the agent.',
    }),
  }),
});

export const CreateVoiceToolInput = builder.inputType('CreateVoiceToolInput', {
  description: 'A new custom tool.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name by which agents refer to it, in snake_case.' }),
    category: t.string({ description: 'Group in which it is listed.' }),
    description: t.string({ description: 'What it does, as the model reads it.' }),
    schema: t.field({ type: 'JSONObject', description: 'JSON Schema of its arguments.' }),
    implementationType: t.string({ description: 'How it runs: `http` or `python`.' }),
    implementationConfig: t.field({ type: 'JSONObject', description: 'For `http`: URL, method and credentials.' }),
    implementationCode: t.string({ description: 'For `python`: the source code.' }),
    tags: t.stringList({ description: 'Keywords.' }),
  }),
});

export const UpdateVoiceToolInput = builder.inputType('UpdateVoiceToolInput', {
  description:
    'Changes to a tool. A field that is left out stays unchanged, and null clears it. Other fields cannot be changed upstream.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The `id` of the tool.' }),
    description: t.string({ description: 'What it does, as the model reads it.' }),
    schema: t.field({ type: 'JSONObject', description: 'JSON Schema of its arguments.' }),
    implementationConfig: t.field({ type: 'JSONObject', description: 'For `http`: URL, method and credentials.' }),
    implementationCode: t.string({ description: 'For `python`: the source code.' }),
    tags: t.stringList({ description: 'Keywords. Replaces all of them.' }),
  }),
});

export const DeleteVoiceToolInput = builder.inputType('DeleteVoiceToolInput', {
  description: 'A custom tool to delete.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The `id` of the tool.' }) }),
});

const attachShape = z.object({
  agent: nodeId(VoiceAgentId),
  toolName: z
    .string()
    .min(1, 'A tool must have a name.')
    .max(255, 'The name is too long: expected at most 255 characters.'),
  enabled: z.boolean().nullish(),
  config: jsonObject.nullish(),
});

const changeable = {
  description: z.string().nullish(),
  schema: jsonObject.nullish(),
  implementationConfig: jsonObject.nullish(),
  implementationCode: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
};

const createShape = z.object({
  name: z
    .string()
    .trim()
    .min(1, 'The name is empty: expected 1 to 255 characters.')
    .max(255, 'The name is too long: expected 1 to 255 characters.'),
  category: z.string().nullish(),
  implementationType: z.string().nullish(),
  ...changeable,
});

const updateShape = z.object({ id: nodeId(VoiceToolId), ...changeable });

const deleteShape = z.object({ id: nodeId(VoiceToolId) });

/** The checked input of attachToolToVoiceAgent. Throws InvalidInputError with every problem. */
export function readAttachToolToVoiceAgent(input: unknown) {
  return parseInput(attachShape, input);
}

/** The checked input of createVoiceTool. Throws InvalidInputError with every problem. */
export function readCreateVoiceTool(input: unknown) {
  return parseInput(createShape, input);
}

/** The checked input of updateVoiceTool. Throws InvalidInputError with every problem. */
export function readUpdateVoiceTool(input: unknown) {
  return parseInput(updateShape, input, changesSomething('tool'));
}

/** The checked input of deleteVoiceTool. Throws InvalidInputError with every problem. */
export function readDeleteVoiceTool(input: unknown) {
  return parseInput(deleteShape, input);
}

/** REST names of the fields that have another name in the input. */
const REST_NAMES: Readonly<Record<string, string>> = {
  implementationType: 'implementation_type',
  implementationConfig: 'implementation_config',
  implementationCode: 'implementation_code',
};

/** The values that clear a field. The upstream does not document what null does: it may reject or ignore it. */
const CLEARED: Readonly<Record<string, unknown>> = {
  description: '',
  schema: {},
  implementationConfig: {},
  implementationCode: '',
  tags: [],
};

type Fields = Omit<z.infer<typeof updateShape>, 'id'>;

/** The REST body of a change. Fields that are left out stay unchanged, and null clears a field. */
export function changeBody(fields: Fields): VoiceToolBody {
  return withRestNames(
    Object.entries(given(fields)).map(([name, value]) => [name, value === null ? CLEARED[name] : value]),
  );
}

/** The REST body of a new tool. Null means not set, because there is nothing to clear. */
export function newBody(fields: Omit<z.infer<typeof createShape>, 'name'>): VoiceToolBody {
  return withRestNames(Object.entries(given(fields)).filter(([, value]) => value !== null));
}

function withRestNames(entries: readonly (readonly [string, unknown])[]): VoiceToolBody {
  return Object.fromEntries(entries.map(([name, value]) => [REST_NAMES[name] ?? name, value]));
}
