import { UpstreamNotFound, UpstreamUnavailable } from '../../upstream/client/upstream-errors.js';
import { attachToolToVoiceAgent } from '../../upstream/kataven/attach.js';
import { createTool, deleteTool, updateTool } from '../../upstream/kataven/tool.js';
import { builder } from '../core/builder.js';
import type { GraphContext } from '../core/context.js';
import { write } from '../core/run-mutation.js';
import { ConflictError, NotFoundError } from '../core/user-errors.js';
import { AttachOutcome } from '../inkeep/relation/mutations.js';
import {
  AttachToolToVoiceAgentInput,
  CreateVoiceToolInput,
  changeBody,
  DeleteVoiceToolInput,
  newBody,
  readAttachToolToVoiceAgent,
  readCreateVoiceTool,
  readDeleteVoiceTool,
  readUpdateVoiceTool,
  UpdateVoiceToolInput,
} from './inputs.js';
import { findVoiceAgent } from './voice-agent.js';
import { VoiceAgentTool, type VoiceAgentToolRef, voiceAgentToolRef } from './voice-agent-tool.js';
import { findVoiceTool, VoiceTool, VoiceToolId } from './voice-tool.js';

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

builder.mutationFields((t) => ({
  attachToolToVoiceAgent: t.field({
    type: AttachToolToVoiceAgentPayload,
    extensions: { upstream: 'kataven' },
    nullable: true,
    errors: {},
    description:
      'Gives a voice agent a tool by name, or changes its row. Safe to repeat; `outcome` tells what was done.',
    args: {
      input: t.arg({ type: AttachToolToVoiceAgentInput, required: true, description: 'Which tool for which agent.' }),
    },
    resolve: (_root, { input }, context) => {
      const { agent, toolName, ...change } = readAttachToolToVoiceAgent(input);
      return write(context, { target: 'toolName', secrets: [change.config] }, async () => {
        const attaching = attachToolToVoiceAgent(context.operation, agent.agentId, toolName, change);
        const attached = await attaching.catch(async (error: unknown) => {
          throw (await missingEnd(context, error, agent.agentId, toolName)) ?? error;
        });
        return { agentTool: voiceAgentToolRef(agent.agentId, attached.row), outcome: attached.outcome };
      });
    },
  }),
  createVoiceTool: t.field({
    type: CreateVoiceToolPayload,
    extensions: { upstream: 'kataven' },
    nullable: true,
    errors: {},
    description: 'Creates a custom tool. No agent has it until it is attached.',
    args: { input: t.arg({ type: CreateVoiceToolInput, required: true, description: 'The new tool.' }) },
    resolve: (_root, { input }, context) => {
      const { name, ...fields } = readCreateVoiceTool(input);
      return write(context, { target: 'name', conflict: ['name'], secrets: secretsOf(fields) }, async () => {
        // Rows refer to tools by name, and what the upstream does with a second tool of one name is not documented.
        if ((await findVoiceTool(context, name))?.row.name === name) {
          throw new ConflictError('The account already has a tool with this name.', ['name']);
        }
        await createTool(context.operation, { ...newBody(fields), name });
        return { name };
      });
    },
  }),
  updateVoiceTool: t.field({
    type: UpdateVoiceToolPayload,
    extensions: { upstream: 'kataven' },
    nullable: true,
    errors: {},
    description: 'Changes a tool. A built-in one is then marked as modified, and the upstream no longer updates it.',
    args: { input: t.arg({ type: UpdateVoiceToolInput, required: true, description: 'What to change.' }) },
    resolve: (_root, { input }, context) => {
      const { id, ...fields } = readUpdateVoiceTool(input);
      return write(context, { target: 'id', secrets: secretsOf(fields) }, async () => {
        await updateTool(context.operation, id.toolId, changeBody(fields));
        return { toolId: id.toolId };
      });
    },
  }),
  deleteVoiceTool: t.field({
    type: DeleteVoiceToolPayload,
    extensions: { upstream: 'kataven' },
    nullable: true,
    errors: {},
    description: 'Deletes a custom tool. A built-in one is a `ForbiddenError`.',
    args: { input: t.arg({ type: DeleteVoiceToolInput, required: true, description: 'The tool.' }) },
    resolve: (_root, { input }, context) => {
      const { id } = readDeleteVoiceTool(input);
      return write(context, { target: 'id' }, async () => {
        await deleteTool(context.operation, id.toolId);
        return { deletedId: VoiceToolId.encode(id) };
      });
    },
  }),
}));

function secretsOf({ implementationConfig, implementationCode }: Parameters<typeof changeBody>[0]) {
  return [implementationConfig, implementationCode];
}

/**
 * Which end of the row is not there, after the upstream refused it. A 404 of the list is about the agent; one of the write does
 * not say which. A 500 may be the database that misses a key (what happens is not documented), and is told as it is where
 * nothing turns out to be missing.
 */
async function missingEnd(
  context: GraphContext,
  error: unknown,
  agentId: string,
  toolName: string,
): Promise<NotFoundError | undefined> {
  const isMissing = error instanceof UpstreamNotFound;
  if (isMissing && error.call.method === 'GET') return noAgent();
  if (!isMissing && !(error instanceof UpstreamUnavailable && error.call.status === 500)) return undefined;
  if (await isNothing(findVoiceAgent(context, agentId))) return noAgent();
  return (await isNothing(findVoiceTool(context, toolName)))
    ? new NotFoundError('There is no such tool.', ['toolName'])
    : undefined;
}

function noAgent(): NotFoundError {
  return new NotFoundError('There is no such voice agent.', ['agent']);
}

/** Whether a look-up proves that there is nothing. One that fails proves nothing. */
function isNothing(found: Promise<object | null>): Promise<boolean> {
  return found.then(
    (node) => node === null,
    () => false,
  );
}
