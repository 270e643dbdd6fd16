import { UpstreamNotFound, UpstreamUnavailable } from '../../upstream/client/errors/upstream-errors.js';
import { attachToolToVoiceAgent } from '../../upstream/kataven/attach.js';
import { createTool, deleteTool, updateTool } from '../../upstream/kataven/tool.js';
import { builder } from '../core/builder.js';
import type { GraphContext } from '../core/context.js';
import { runMutation } from '../core/mutations/run-mutation.js';
import { ConflictError, NotFoundError } from '../core/mutations/user-errors.js';
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
    description: 'The voice agent has the tool. Returned by `attachToolToVoiceAgent`.',
    fields: (t) => ({
      agentTool: t.expose('agentTool', {
        type: VoiceAgentTool,
        nullable: false,
        description: 'The agent’s tool after the change.',
      }),
      outcome: t.expose('outcome', { type: AttachOutcome, nullable: false, description: 'What the attach did.' }),
    }),
  });

/** The upstream does not document a body of its answers to writes, so the tool is read when `voiceTool` is selected. */
const CreateVoiceToolPayload = builder.objectRef<{ name: string }>('CreateVoiceToolPayload').implement({
  description: 'The tool was created. Returned by `createVoiceTool`.',
  fields: (t) => ({
    voiceTool: t.field({
      type: VoiceTool,
      extensions: { reads: 'row' },
      nullable: true,
      description: 'The new tool. Null with an error if it was stored but could not be read. One call.',
      resolve: ({ name }, _args, context) => findVoiceTool(context, name),
    }),
  }),
});

const UpdateVoiceToolPayload = builder.objectRef<{ toolId: string }>('UpdateVoiceToolPayload').implement({
  description: 'The tool was changed. Returned by `updateVoiceTool`.',
  fields: (t) => ({
    voiceTool: t.field({
      type: VoiceTool,
      extensions: { reads: 'row' },
      nullable: true,
      description: 'The tool after the change. Null with an error if it was stored but could not be read. One call.',
      resolve: ({ toolId }, _args, context) => findVoiceTool(context, toolId),
    }),
  }),
});

const DeleteVoiceToolPayload = builder.objectRef<{ deletedId: string }>('DeleteVoiceToolPayload').implement({
  description: 'The tool was deleted. Returned by `deleteVoiceTool`.',
  fields: (t) => ({
    deletedId: t.exposeID('deletedId', { nullable: false, description: 'Global id of the deleted tool.' }),
  }),
});

builder.mutationFields((t) => ({
  attachToolToVoiceAgent: t.field({
    type: AttachToolToVoiceAgentPayload,
    extensions: { upstream: 'kataven', reads: { calls: 6, probes: 0 } },
    nullable: true,
    errors: {},
    description:
      'Attaches a tool to a voice agent by name, or changes the agent’s settings for it. Safe to repeat; `outcome` shows what was done.',
    args: {
      input: t.arg({ type: AttachToolToVoiceAgentInput, required: true, description: 'The tool and the voice agent.' }),
    },
    resolve: (_root, { input }, context) => {
      const { agent, toolName, ...change } = readAttachToolToVoiceAgent(input);
      return runMutation(context, { target: 'toolName', secrets: [change.config] }, async () => {
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
    extensions: { upstream: 'kataven', reads: { calls: 2, probes: 0 } },
    nullable: true,
    errors: {},
    description: 'Creates a custom tool. No agent has it until it is attached.',
    args: { input: t.arg({ type: CreateVoiceToolInput, required: true, description: 'The new tool.' }) },
    resolve: (_root, { input }, context) => {
      const { name, ...fields } = readCreateVoiceTool(input);
      return runMutation(context, { target: 'name', conflict: ['name'], secrets: secretsOf(fields) }, async () => {
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
    extensions: { upstream: 'kataven', reads: { calls: 1, probes: 0 } },
    nullable: true,
    errors: {},
    description: 'Changes a tool. A built-in tool is then marked as modified, and the upstream no longer updates it.',
    args: { input: t.arg({ type: UpdateVoiceToolInput, required: true, description: 'What to change.' }) },
    resolve: (_root, { input }, context) => {
      const { id, ...fields } = readUpdateVoiceTool(input);
      return runMutation(context, { target: 'id', secrets: secretsOf(fields) }, async () => {
        await updateTool(context.operation, id.toolId, changeBody(fields));
        return { toolId: id.toolId };
      });
    },
  }),
  deleteVoiceTool: t.field({
    type: DeleteVoiceToolPayload,
    extensions: { upstream: 'kataven', reads: { calls: 1, probes: 0 } },
    nullable: true,
    errors: {},
    description: 'Deletes a custom tool. Returns a `ForbiddenError` for a built-in tool.',
    args: { input: t.arg({ type: DeleteVoiceToolInput, required: true, description: 'The tool.' }) },
    resolve: (_root, { input }, context) => {
      const { id } = readDeleteVoiceTool(input);
      return runMutation(context, { target: 'id' }, async () => {
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
 * The error for an attach that failed because the agent or the tool does not exist; undefined if both exist. A 404 of the list is
 * about the agent; a 404 of the write may be about either. A 500 may come from a missing foreign key (not documented).
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
  if (await isAbsent(findVoiceAgent(context, agentId))) return noAgent();
  return (await isAbsent(findVoiceTool(context, toolName)))
    ? new NotFoundError('The tool does not exist.', ['toolName'])
    : undefined;
}

function noAgent(): NotFoundError {
  return new NotFoundError('The voice agent does not exist.', ['agent']);
}

/** Whether a read shows that an object does not exist. False if the read fails. */
function isAbsent(found: Promise<object | null>): Promise<boolean> {
  return found.then(
    (node) => node === null,
    () => false,
  );
}
