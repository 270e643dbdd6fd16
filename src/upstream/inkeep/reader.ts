import type { Operation } from '../operation.js';
import { agentList, getAgent, type UpstreamAgent } from './agent.js';
import { credentialList, getCredential, type UpstreamCredential } from './credential.js';
import { ItemReader } from './item-reader.js';
import { type AgentKey, keyOf, type ProjectKey } from './keys.js';
import { getProject, projectList, type UpstreamProject } from './project.js';
import { RelationReader } from './relation-reader.js';
import { getSubAgent, subAgentList, type UpstreamSubAgent } from './sub-agent.js';
import { ToolReader } from './tool-reader.js';

/** The planners of one operation, one for each list it reads. A mutation drops them all: what was read may have changed. */
export class InkeepReader {
  readonly #operation: Operation;
  readonly #readers = new Map<string, unknown>();

  constructor(operation: Operation) {
    this.#operation = operation;
  }

  projects(tenantId: string): ItemReader<UpstreamProject> {
    return this.#reader(
      keyOf('projects', tenantId),
      () =>
        new ItemReader(this.#operation, projectList(tenantId), (projectId) =>
          getProject(this.#operation, { tenantId, projectId }),
        ),
    );
  }

  agents({ tenantId, projectId }: ProjectKey): ItemReader<UpstreamAgent> {
    return this.#reader(
      keyOf('agents', tenantId, projectId),
      () =>
        new ItemReader(this.#operation, agentList({ tenantId, projectId }), (agentId) =>
          getAgent(this.#operation, { tenantId, projectId, agentId }),
        ),
    );
  }

  subAgents({ tenantId, projectId, agentId }: AgentKey): ItemReader<UpstreamSubAgent> {
    const agent = { tenantId, projectId, agentId };
    return this.#reader(
      keyOf('sub-agents', tenantId, projectId, agentId),
      () =>
        new ItemReader(this.#operation, subAgentList(agent), (subAgentId) =>
          getSubAgent(this.#operation, { ...agent, subAgentId }),
        ),
    );
  }

  credentials({ tenantId, projectId }: ProjectKey): ItemReader<UpstreamCredential> {
    const project = { tenantId, projectId };
    return this.#reader(
      keyOf('credentials', tenantId, projectId),
      () =>
        new ItemReader(this.#operation, credentialList(project), (credentialReferenceId) =>
          getCredential(this.#operation, { ...project, credentialReferenceId }),
        ),
    );
  }

  relations({ tenantId, projectId, agentId }: AgentKey): RelationReader {
    const agent = { tenantId, projectId, agentId };
    return this.#reader(
      keyOf('relations', tenantId, projectId, agentId),
      () =>
        new RelationReader(this.#operation, agent, (rows) => {
          for (const { subAgent } of rows) if (subAgent) this.subAgents(agent).saw(subAgent);
        }),
    );
  }

  tools({ tenantId, projectId }: ProjectKey): ToolReader {
    return this.#reader(
      keyOf('tools', tenantId, projectId),
      () => new ToolReader(this.#operation, { tenantId, projectId }),
    );
  }

  /** Forgets what was read. */
  clear(): void {
    this.#readers.clear();
  }

  #reader<Reader>(key: string, create: () => Reader): Reader {
    const known = this.#readers.get(key) as Reader | undefined;
    if (known) return known;
    const reader = create();
    this.#readers.set(key, reader);
    return reader;
  }
}
