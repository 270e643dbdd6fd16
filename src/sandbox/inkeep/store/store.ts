import { createHash } from 'node:crypto';
import type {
  AgentKey,
  AgentRow,
  CredentialRow,
  ProjectKey,
  ProjectRow,
  RelationRow,
  SubAgentRow,
  ToolRow,
} from './rows.js';
import { ForeignKeyViolation, Table } from './table.js';

export type InProject = ProjectKey & { id: string };
export type InAgent = AgentKey & { id: string };

const IN_PROJECT = ['tenantId', 'projectId', 'id'] as const;
const IN_AGENT = ['tenantId', 'projectId', 'agentId', 'id'] as const;

/** The tables of the manage API. Every reference between them is checked. */
export class Store {
  readonly projects = new Table<ProjectRow, Pick<ProjectRow, 'tenantId' | 'id'>>(['tenantId', 'id']);
  readonly agents = new Table<AgentRow, InProject>(IN_PROJECT);
  readonly subAgents = new Table<SubAgentRow, InAgent>(IN_AGENT);
  readonly tools = new Table<ToolRow, InProject>(IN_PROJECT);
  readonly relations = new Table<RelationRow, InAgent>(IN_AGENT);
  readonly credentials = new Table<CredentialRow, InProject>(IN_PROJECT);

  hasProject({ tenantId, projectId }: ProjectKey): boolean {
    return this.projects.has({ tenantId, id: projectId });
  }

  /** Throws UniqueViolation, and ForeignKeyViolation if the tool's credential does not exist. */
  insertTool(row: ToolRow): ToolRow {
    this.#checkTool(row);
    return this.tools.insert(row);
  }

  /** Undefined if there is none. Throws like insertTool, and if the id of a tool in use would change. */
  updateTool(key: InProject, changes: Partial<ToolRow>): ToolRow | undefined {
    const row = this.tools.get(key);
    if (row === undefined) return undefined;
    const changed = { ...row, ...changes };
    const { tenantId, projectId, id: toolId } = row;
    const inUse = this.relations.where({ tenantId, projectId, toolId }).length > 0;
    if (inUse && changed.id !== toolId) throw new ForeignKeyViolation(toolId);
    this.#checkTool(changed);
    return this.tools.update(key, changes);
  }

  /** Throws UniqueViolation, and ForeignKeyViolation if the tool or the agent's sub-agent does not exist. */
  insertRelation(row: RelationRow): RelationRow {
    this.#checkRelation(row);
    return this.relations.insert(row);
  }

  /** Undefined if there is none. Throws like insertRelation. */
  updateRelation(key: InAgent, changes: Partial<RelationRow>): RelationRow | undefined {
    const row = this.relations.get(key);
    if (row === undefined) return undefined;
    this.#checkRelation({ ...row, ...changes });
    return this.relations.update(key, changes);
  }

  /** The sub-agent of a relation. It exists, because deleting it deletes the relation. */
  subAgentOf({ tenantId, projectId, agentId, subAgentId }: RelationRow): SubAgentRow {
    return referred(this.subAgents.get({ tenantId, projectId, agentId, id: subAgentId }), subAgentId);
  }

  /** The tool of a relation. It exists, because deleting it deletes the relation. */
  toolOf({ tenantId, projectId, toolId }: RelationRow): ToolRow {
    return referred(this.tools.get({ tenantId, projectId, id: toolId }), toolId);
  }

  /** Removes a tool and its relations; undefined if there is none. */
  deleteTool(key: InProject): ToolRow | undefined {
    const { tenantId, projectId, id: toolId } = key;
    for (const relation of this.relations.where({ tenantId, projectId, toolId })) this.relations.delete(relation);
    return this.tools.delete(key);
  }

  /** Removes a sub-agent and its relations; undefined if there is none. */
  deleteSubAgent(key: InAgent): SubAgentRow | undefined {
    const { tenantId, projectId, agentId, id: subAgentId } = key;
    for (const relation of this.relations.where({ tenantId, projectId, agentId, subAgentId }))
      this.relations.delete(relation);
    return this.subAgents.delete(key);
  }

  /** Removes an agent with its sub-agents and relations; undefined if there is none. */
  deleteAgent(key: InProject): AgentRow | undefined {
    const { tenantId, projectId, id: agentId } = key;
    for (const subAgent of this.subAgents.where({ tenantId, projectId, agentId })) this.deleteSubAgent(subAgent);
    return this.agents.delete(key);
  }

  /** Removes a project with everything in it; undefined if there is none. */
  deleteProject(key: { tenantId: string; id: string }): ProjectRow | undefined {
    const columns = { tenantId: key.tenantId, projectId: key.id };
    for (const agent of this.agents.where(columns)) this.deleteAgent(agent);
    for (const tool of this.tools.where(columns)) this.deleteTool(tool);
    for (const credential of this.credentials.where(columns)) this.credentials.delete(credential);
    return this.projects.delete(key);
  }

  #checkTool({ tenantId, projectId, credentialReferenceId: id }: ToolRow): void {
    if (id !== null && !this.credentials.has({ tenantId, projectId, id })) throw new ForeignKeyViolation(id);
  }

  #checkRelation({ tenantId, projectId, agentId, subAgentId, toolId }: RelationRow): void {
    if (!this.tools.has({ tenantId, projectId, id: toolId })) throw new ForeignKeyViolation(toolId);
    if (!this.subAgents.has({ tenantId, projectId, agentId, id: subAgentId }))
      throw new ForeignKeyViolation(subAgentId);
  }
}

function referred<Row>(row: Row | undefined, id: string): Row {
  if (row === undefined) throw new ForeignKeyViolation(id);
  return row;
}

/** The id of a relation: a hash of the pair, so the same pair always has the same id. (recorded) */
export function relationId(
  pair: Pick<RelationRow, 'tenantId' | 'projectId' | 'agentId' | 'subAgentId' | 'toolId'>,
): string {
  const text = [pair.tenantId, pair.projectId, pair.agentId, pair.subAgentId, pair.toolId].join('\0');
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
