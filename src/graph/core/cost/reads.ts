/**
 * What a field reads from an upstream, for the cost of an operation: the extension `reads` of its definition. A field without it
 * makes calls only if fields of its object are selected that need the row.
 *
 * - `page`: the page of a list that its arguments select. The rows come with it.
 * - `row`: the row of its object, by its id.
 * - `each`: one call for each parent object.
 * - `relations`: the relations of the agent, or of the sub-agent.
 * - `toolUsers`: the relations of the tool, in one agent or in all agents of the project.
 * - an object: the most calls and probes of a mutation, without those of its payload.
 */
export type Reads = 'page' | 'row' | 'each' | 'relations' | 'toolUsers' | MutationReads;

interface MutationReads {
  readonly calls: number;
  readonly probes: number;
}
