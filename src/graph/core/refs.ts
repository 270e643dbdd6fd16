import type { UpstreamAgent } from '../../upstream/inkeep/agent.js';
import type { AgentKey, ProjectKey, RelationKey, SubAgentKey, ToolKey } from '../../upstream/inkeep/keys.js';
import type { UpstreamProject } from '../../upstream/inkeep/project.js';
import type { UpstreamRelation } from '../../upstream/inkeep/relation.js';
import type { UpstreamSubAgent } from '../../upstream/inkeep/sub-agent.js';
import type { UpstreamTool } from '../../upstream/inkeep/tool.js';
import type { UpstreamVoiceAgent } from '../../upstream/kataven/agent.js';
import type { UpstreamAgentTool } from '../../upstream/kataven/agent-tool.js';
import type { UpstreamVoiceTool } from '../../upstream/kataven/tool.js';
import { builder } from './builder.js';

/** A node as resolvers hand it on: its key, which costs nothing, and its row where some answer already held it. */
export interface ProjectRef extends ProjectKey {
  readonly __typename: 'Project';
  readonly row?: UpstreamProject | undefined;
}

export interface AgentRef extends AgentKey {
  readonly __typename: 'Agent';
  readonly row?: UpstreamAgent | undefined;
}

export interface SubAgentRef extends SubAgentKey {
  readonly __typename: 'SubAgent';
  readonly row?: UpstreamSubAgent | undefined;
}

export interface ToolRef extends ToolKey {
  readonly __typename: 'Tool';
  /** Stored fields; of a probed answer too. */
  readonly stored?: UpstreamTool | undefined;
  /** The same row, where the upstream probed before it answered. */
  readonly live?: UpstreamTool | undefined;
  /** Where stored fields are read when they are asked for, if not by the operation's own loader. */
  readonly readStored?: () => Promise<UpstreamTool | null>;
}

export interface RelationRef extends RelationKey {
  readonly __typename: 'SubAgentToolRelation';
  readonly row: UpstreamRelation;
}

export interface VoiceAgentRef {
  readonly __typename: 'VoiceAgent';
  readonly agentId: string;
  readonly row?: UpstreamVoiceAgent | undefined;
}

export interface VoiceAgentToolRef {
  readonly __typename: 'VoiceAgentTool';
  readonly agentId: string;
  readonly row: UpstreamAgentTool;
}

export interface VoiceToolRef {
  readonly __typename: 'VoiceTool';
  readonly row: UpstreamVoiceTool;
}

export const Project = builder.objectRef<ProjectRef>('Project');
export const Agent = builder.objectRef<AgentRef>('Agent');
export const SubAgent = builder.objectRef<SubAgentRef>('SubAgent');
export const Tool = builder.objectRef<ToolRef>('Tool');
export const SubAgentToolRelation = builder.objectRef<RelationRef>('SubAgentToolRelation');
export const VoiceAgent = builder.objectRef<VoiceAgentRef>('VoiceAgent');
export const VoiceAgentTool = builder.objectRef<VoiceAgentToolRef>('VoiceAgentTool');
export const VoiceTool = builder.objectRef<VoiceToolRef>('VoiceTool');

export function projectRef({ tenantId, projectId }: ProjectKey, row?: UpstreamProject): ProjectRef {
  return { __typename: 'Project', tenantId, projectId, row };
}

export function agentRef({ tenantId, projectId, agentId }: AgentKey, row?: UpstreamAgent): AgentRef {
  return { __typename: 'Agent', tenantId, projectId, agentId, row };
}

export function subAgentRef(key: SubAgentKey, row?: UpstreamSubAgent): SubAgentRef {
  const { tenantId, projectId, agentId, subAgentId } = key;
  return { __typename: 'SubAgent', tenantId, projectId, agentId, subAgentId, row };
}

export function toolRef({ tenantId, projectId, toolId }: ToolKey, stored?: UpstreamTool, live?: UpstreamTool): ToolRef {
  return { __typename: 'Tool', tenantId, projectId, toolId, stored: stored ?? live, live };
}

export function relationRef({ tenantId, projectId, agentId }: AgentKey, row: UpstreamRelation): RelationRef {
  return { __typename: 'SubAgentToolRelation', tenantId, projectId, agentId, relationId: row.id, row };
}

export function voiceAgentRef(agentId: string, row?: UpstreamVoiceAgent): VoiceAgentRef {
  return { __typename: 'VoiceAgent', agentId, row };
}

export function voiceAgentToolRef(agentId: string, row: UpstreamAgentTool): VoiceAgentToolRef {
  return { __typename: 'VoiceAgentTool', agentId, row };
}

export function voiceToolRef(row: UpstreamVoiceTool): VoiceToolRef {
  return { __typename: 'VoiceTool', row };
}
