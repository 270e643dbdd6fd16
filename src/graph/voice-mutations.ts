import { z } from 'zod';
import { UpstreamNotFound } from '../upstream/http/errors.js';
import { attachToolToVoiceAgent } from '../upstream/kataven/attach.js';
import { createTool, deleteTool, updateTool, type VoiceToolBody } from '../upstream/kataven/tool.js';
import { builder } from './builder.js';
import { given, nodeId, parseInput, requireChange } from './input.js';
import { encodeNodeId } from './node-id.js';
import { VoiceAgentTool, type VoiceAgentToolRef, VoiceTool, voiceAgentToolRef } from './refs.js';
import { AttachOutcome } from './relation-mutations.js';
import { NotFoundError } from './user-errors.js';
import { findVoiceAgent } from './voice-agent.js';
import { findVoiceTool } from './voice-tool.js';
import { write } from './write.js';

const AttachToolToVoiceAgentInput = builder.inputType('AttachToolToVoiceAgentInput', {
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

const CreateVoiceToolInput = builder.inputType('CreateVoiceToolInput', {
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

const UpdateVoiceToolInput = builder.inputType('UpdateVoiceToolInput', {
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

const DeleteVoiceToolInput = builder.inputType('DeleteVoiceToolInput', {
  description: 'A custom tool to delete.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Global id of the tool.' }) }),
});

const AttachToolToVoiceAgentPayload = builder
  .objectRef<{ agentTool: VoiceAgentToolRef; outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED' }>(
    'AttachToolToVoiceAgentPayload',
  )
  .implement({
    description: 'The voice agent has the tool.',
    fields: (t) => ({
      agentTool: t.expose('agentTool', { type: VoiceAgentTool, nullable: false, description: 'The row as it is now.' }),
      outcome: t.expose('outcome', { type: AttachOutcome, nullable: false, description: 'What was done for it.' }),
    }),
  });

/** The upstream's answers to writes have no documented body: the tool is read back when it is asked for. */
const CreateVoiceToolPayload = builder.objectRef<{ name: string }>('CreateVoiceToolPayload').implement({
  description: 'The tool is created.',
  fields: (t) => ({
    voiceTool: t.field({
      type: VoiceTool,
      nullable: true,
      description: 'The new tool. Null with an error: it is stored, but could not be read back. One call.',
      resolve: ({ name }, _args, context) => findVoiceTool(context, name),
    }),
  }),
});

const UpdateVoiceToolPayload = builder.objectRef<{ toolId: string }>('UpdateVoiceToolPayload').implement({
  description: 'The tool is changed.',
  fields: (t) => ({
    voiceTool: t.field({
      type: VoiceTool,
      nullable: true,
      description: 'The tool as it is now. Null with an error: it is stored, but could not be read back. One call.',
      resolve: ({ toolId }, _args, context) => findVoiceTool(context, toolId),
    }),
  }),
});

const DeleteVoiceToolPayload = builder.objectRef<{ deletedId: string }>('DeleteVoiceToolPayload').implement({
  description: 'The tool is deleted.',
  fields: (t) => ({
    deletedId: t.exposeID('deletedId', { nullable: false, description: 'Global id of the tool that is gone.' }),
  }),
});

const jsonObject = z.record(z.string(), z.unknown());

const attachShape = z.object({
  agent: nodeId('VoiceAgent'),
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

const updateShape = z.object({ id: nodeId('VoiceTool'), ...changeable });

const deleteShape = z.object({ id: nodeId('VoiceTool') });

/** Fields of the input that REST spells in another way. */
const SPELLING: Readonly<Record<string, string>> = {
  implementationType: 'implementation_type',
  implementationConfig: 'implementation_config',
  implementationCode: 'implementation_code',
};

function voiceToolBody(fields: object): VoiceToolBody {
  return Object.fromEntries(Object.entries(given(fields)).map(([name, value]) => [SPELLING[name] ?? name, value]));
}

builder.mutationFields((t) => ({
  attachToolToVoiceAgent: t.field({
    type: AttachToolToVoiceAgentPayload,
    nullable: true,
    errors: {},
    description:
      'Gives a voice agent a tool by name, or changes its row. Safe to repeat; `outcome` tells what was done.',
    args: {
      input: t.arg({ type: AttachToolToVoiceAgentInput, required: true, description: 'Which tool for which agent.' }),
    },
    resolve: (_root, { input }, context) => {
      const { agent, toolName, ...change } = parseInput(attachShape, input);
      return write(context, { target: 'toolName' }, async () => {
        const attached = await attachToolToVoiceAgent(context.operation, agent.agentId, toolName, change).catch(
          async (error: unknown) => {
            throw (await isAgentMissing(error, () => findVoiceAgent(context, agent.agentId)))
              ? new NotFoundError('There is no such voice agent.', ['agent'])
              : error;
          },
        );
        return { agentTool: voiceAgentToolRef(agent.agentId, attached.row), outcome: attached.outcome };
      });
    },
  }),
  createVoiceTool: t.field({
    type: CreateVoiceToolPayload,
    nullable: true,
    errors: {},
    description: 'Creates a custom tool. No agent has it until it is attached.',
    args: { input: t.arg({ type: CreateVoiceToolInput, required: true, description: 'The new tool.' }) },
    resolve: (_root, { input }, context) => {
      const { name, ...fields } = parseInput(createShape, input);
      return write(context, { target: 'name' }, async () => {
        await createTool(context.operation, { ...voiceToolBody(withoutNulls(fields)), name });
        return { name };
      });
    },
  }),
  updateVoiceTool: t.field({
    type: UpdateVoiceToolPayload,
    nullable: true,
    errors: {},
    description: 'Changes a tool. A built-in one is then marked as modified, and the upstream no longer updates it.',
    args: { input: t.arg({ type: UpdateVoiceToolInput, required: true, description: 'What to change.' }) },
    resolve: (_root, { input }, context) => {
      const { id, ...fields } = parseInput(updateShape, input);
      const body = voiceToolBody(fields);
      requireChange(body, 'tool');
      return write(context, { target: 'id' }, async () => {
        await updateTool(context.operation, id.toolId, body);
        return { toolId: id.toolId };
      });
    },
  }),
  deleteVoiceTool: t.field({
    type: DeleteVoiceToolPayload,
    nullable: true,
    errors: {},
    description: 'Deletes a custom tool. A built-in one is a `ForbiddenError`.',
    args: { input: t.arg({ type: DeleteVoiceToolInput, required: true, description: 'The tool.' }) },
    resolve: (_root, { input }, context) => {
      const { id } = parseInput(deleteShape, input);
      return write(context, { target: 'id' }, async () => {
        await deleteTool(context.operation, id.toolId);
        return { deletedId: encodeNodeId('VoiceTool', id) };
      });
    },
  }),
}));

function withoutNulls(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}

/** A 404 of the attaching calls is about the agent or about the tool's name; only the agent can be asked for. */
async function isAgentMissing(error: unknown, findAgent: () => Promise<object | null>): Promise<boolean> {
  return error instanceof UpstreamNotFound && (await findAgent()) === null;
}
