import { z } from 'zod';
import type { VoiceToolBody } from '../../upstream/kataven/tool.js';
import { jsonObject } from '../../upstream/shapes.js';
import { builder } from '../core/builder.js';
import { changesSomething, given, nodeId, parseInput } from '../core/input-checks.js';
import { VoiceAgentId } from './voice-agent.js';
import { VoiceToolId } from './voice-tool.js';

export const AttachToolToVoiceAgentInput = builder.inputType('AttachToolToVoiceAgentInput', {
  description: 'A tool for a voice agent. On a row that exists, a field left out stays as it is.',
  fields: (t) => ({
    agent: t.id({ required: true, description: 'Global id of the voice agent.' }),
    toolName: t.string({ required: true, description: 'Name of the tool.' }),
    enabled: t.boolean({
      description: 'Whether the agent may use it; true for a new row. There is no detaching: disable it.',
    }),
    config: t.field({
      type: 'JSONObject',
      description: 'The agent’s own settings for it, all of them anew; `{}` for a new row.',
    }),
  }),
});

export const CreateVoiceToolInput = builder.inputType('CreateVoiceToolInput', {
  description: 'A new custom tool.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Name by which agents refer to it, in snake_case.' }),
    category: t.string({ description: 'Group to list it under.' }),
    description: t.string({ description: 'What it does, as the model reads it.' }),
    schema: t.field({ type: 'JSONObject', description: 'JSON Schema of its arguments.' }),
    implementationType: t.string({ description: 'How it runs: `http` or `python`.' }),
    implementationConfig: t.field({ type: 'JSONObject', description: 'For `http`: address, method, credentials.' }),
    implementationCode: t.string({ description: 'For `python`: the source.' }),
    tags: t.stringList({ description: 'Words to find it by.' }),
  }),
});

export const UpdateVoiceToolInput = builder.inputType('UpdateVoiceToolInput', {
  description:
    'Changes to a tool. A field left out stays as it is; null clears it. The upstream changes no other fields.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Global id of the tool.' }),
    description: t.string({ description: 'What it does, as the model reads it.' }),
    schema: t.field({ type: 'JSONObject', description: 'JSON Schema of its arguments.' }),
    implementationConfig: t.field({ type: 'JSONObject', description: 'For `http`: address, method, credentials.' }),
    implementationCode: t.string({ description: 'For `python`: the source.' }),
    tags: t.stringList({ description: 'Words to find it by, all of them anew.' }),
  }),
});

export const DeleteVoiceToolInput = builder.inputType('DeleteVoiceToolInput', {
  description: 'A custom tool to delete.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Global id of the tool.' }) }),
});

const attachShape = z.object({
  agent: nodeId(VoiceAgentId),
  toolName: z.string().min(1, 'A tool has a name.').max(255, 'The name is too long: expected up to 255 characters.'),
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

/** Fields of the input that REST spells in another way. */
const SPELLING: Readonly<Record<string, string>> = {
  implementationType: 'implementation_type',
  implementationConfig: 'implementation_config',
  implementationCode: 'implementation_code',
};

/** The values that a field without one has. Whether null clears is not documented, and may be refused or taken for left out. */
const CLEARED: Readonly<Record<string, unknown>> = {
  description: '',
  schema: {},
  implementationConfig: {},
  implementationCode: '',
  tags: [],
};

type Fields = Omit<z.infer<typeof updateShape>, 'id'>;

/** The REST body of a change: fields left out stay, null clears. */
export function changeBody(fields: Fields): VoiceToolBody {
  return spelled(Object.entries(given(fields)).map(([name, value]) => [name, value === null ? CLEARED[name] : value]));
}

/** The REST body of a new tool, in which there is nothing to clear. */
export function newBody(fields: Omit<z.infer<typeof createShape>, 'name'>): VoiceToolBody {
  return spelled(Object.entries(given(fields)).filter(([, value]) => value !== null));
}

function spelled(entries: readonly (readonly [string, unknown])[]): VoiceToolBody {
  return Object.fromEntries(entries.map(([name, value]) => [SPELLING[name] ?? name, value]));
}
