import type { Operation } from '../../operation.js';
import { type AgentKey, keyOf, type ProjectKey } from '../keys.js';
import { subAgentResource } from '../sub-agent.js';
import { ItemReader, type Resource } from './item-reader.js';
import { RelationReader } from './relation-reader.js';
import { ToolReader } from './tool-reader.js';

/** The readers of one operation: one for each list. A mutation clears them, because what was read may have changed. */
export class InkeepReader {
  readonly #operation: Operation;
  readonly #readers = new Map<unknown, Map<string, unknown>>();
  #lastTools: { readonly project: ProjectKey; readonly reader: ToolReader } | undefined;

  constructor(operation: Operation) {
    this.#operation = operation;
  }

  /** The rows of a resource in one parent. Members of `key` that are not parts of the parent's key are ignored. */
  items<Part extends string, Row>(resource: Resource<Part, Row>, key: Readonly<Record<Part, string>>): ItemReader<Row> {
    return this.#reader(resource, keyOf(...resource.parent.map((part) => key[part])), () => {
      const parent = Object.fromEntries(resource.parent.map((part) => [part, key[part]])) as Record<Part, string>;
      return new ItemReader(this.#operation, resource.list(parent), (id) => resource.get(this.#operation, parent, id));
    });
  }

  relations({ tenantId, projectId, agentId }: AgentKey): RelationReader {
    const agent = { tenantId, projectId, agentId };
    return this.#reader(
      RelationReader,
      keyOf(tenantId, projectId, agentId),
      () =>
        new RelationReader(this.#operation, agent, (rows) => {
          for (const { subAgent } of rows) if (subAgent) this.items(subAgentResource, agent).sawPartial(subAgent);
        }),
    );
  }

  /** The project asked for last is kept, because each link to a tool asks for its project. */
  tools({ tenantId, projectId }: ProjectKey): ToolReader {
    const last = this.#lastTools;
    if (last?.project.tenantId === tenantId && last.project.projectId === projectId) return last.reader;
    const project = { tenantId, projectId };
    const reader = this.#reader(ToolReader, keyOf(tenantId, projectId), () => new ToolReader(this.#operation, project));
    this.#lastTools = { project, reader };
    return reader;
  }

  /** Clears what was read. */
  clear(): void {
    this.#readers.clear();
    this.#lastTools = undefined;
  }

  /** The reader of a kind (a resource or a class) for this key. */
  #reader<Reader>(kind: unknown, key: string, create: () => Reader): Reader {
    const ofKind = this.#readers.get(kind) ?? new Map<string, unknown>();
    this.#readers.set(kind, ofKind);
    const known = ofKind.get(key) as Reader | undefined;
    if (known) return known;
    const reader = create();
    ofKind.set(key, reader);
    return reader;
  }
}
