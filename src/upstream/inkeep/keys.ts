/** What Inkeep allows as an id. An id is at most 255 characters long, and not `.` or `..`. */
export const INKEEP_ID = /^[a-zA-Z0-9\-_.]+$/;

/** Keys are composite upstream: a tool's id is unique in its project, a sub-agent's and a relation's in their agent. */
export interface ProjectKey {
  readonly tenantId: string;
  readonly projectId: string;
}

export interface AgentKey extends ProjectKey {
  readonly agentId: string;
}

export interface SubAgentKey extends AgentKey {
  readonly subAgentId: string;
}

export interface ToolKey extends ProjectKey {
  readonly toolId: string;
}

export interface RelationKey extends AgentKey {
  readonly relationId: string;
}

/** The path of a project. */
export function projectPath({ tenantId, projectId }: ProjectKey): string[] {
  return ['tenants', tenantId, 'projects', projectId];
}

/** The path of an agent. */
export function agentPath(key: AgentKey): string[] {
  return [...projectPath(key), 'agents', key.agentId];
}

/** A string that is unique for a key: ids have no line breaks. */
export function keyOf(...parts: readonly string[]): string {
  return parts.join('\n');
}

/** The project of anything in it. */
export function projectOf({ tenantId, projectId }: ProjectKey): ProjectKey {
  return { tenantId, projectId };
}
