import type { z } from 'zod';
import { Problem } from '../problems.js';
import { changeTime, insertTime } from '../store/clock.js';
import type { AgentKey, RelationRow } from '../store/rows.js';
import { relationId, type Store } from '../store/store.js';
import { ForeignKeyViolation } from '../store/table.js';
import { AGENT, type Define } from './operation.js';
import { mapPage, pageOf } from './paging.js';
import { Paging, RelationInsert, RelationListQuery, RelationUpdate } from './schemas.js';
import { toolUserView } from './views.js';

const RELATIONS = `${AGENT}/sub-agent-tool-relations`;

// Only this many relations are searched for a duplicate. The database rejects an older duplicate: a 500.
const CHECKED_FOR_DUPLICATES = 100;

/** Which sub-agent may use which tool. Lists do not check that the agent exists. (observed) */
export function defineRelations(define: Define, store: Store, updateMethods: readonly ('PUT' | 'PATCH')[]): void {
  define({
    name: 'list-subagent-tool-relations',
    methods: ['GET'],
    path: RELATIONS,
    query: RelationListQuery,
    handle({ agent, query }) {
      const { subAgentId, toolId } = query;
      // An empty filter is ignored, and so is toolId if there is a subAgentId. (observed)
      const filter = subAgentId ? { subAgentId } : toolId ? { toolId } : {};
      return pageOf(store.relations.where({ ...agent, ...filter }), query);
    },
  });

  define({
    name: 'get-subagents-for-tool',
    methods: ['GET'],
    path: `${RELATIONS}/tool/:toolId/sub-agents`,
    query: Paging,
    handle({ agent, params, query }) {
      const page = pageOf(store.relations.where({ ...agent, toolId: params.toolId ?? '' }), query);
      return mapPage(page, (relation) => toolUserView(relation, store.subAgentOf(relation)));
    },
  });

  define({
    name: 'get-subagent-tool-relation',
    methods: ['GET'],
    path: `${RELATIONS}/:id`,
    handle: ({ agent, id }) => ({ data: present(store.relations.get({ ...agent, id })) }),
  });

  define({
    name: 'create-subagent-tool-relation',
    methods: ['POST'],
    path: RELATIONS,
    body: RelationInsert,
    status: 201,
    handle: ({ agent, body }) => ({ data: create(store, relationRow(agent, body)) }),
  });

  define({
    name: 'update-subagent-tool-relation',
    methods: updateMethods,
    path: `${RELATIONS}/:id`,
    body: RelationUpdate,
    handle({ agent, id, body }) {
      if (Object.keys(body).length === 0) throw new Problem('bad_request', 'No fields to update');
      // Duplicates are not checked here, so there can be two rows of one pair. (observed)
      return { data: present(store.updateRelation({ ...agent, id }, { ...body, updatedAt: changeTime() })) };
    },
  });

  define({
    name: 'delete-subagent-tool-relation',
    methods: ['DELETE'],
    path: `${RELATIONS}/:id`,
    status: 204,
    handle: ({ agent, id }) => present(store.relations.delete({ ...agent, id })),
  });
}

function create(store: Store, row: RelationRow): RelationRow {
  const { tenantId, projectId, agentId } = row;
  const newest = store.relations.where({ tenantId, projectId, agentId }).slice(0, CHECKED_FOR_DUPLICATES);
  if (newest.some(({ subAgentId, toolId }) => subAgentId === row.subAgentId && toolId === row.toolId)) {
    throw new Problem('unprocessable_entity', 'SubAgent tool relation already exists');
  }
  try {
    return store.insertRelation(row);
  } catch (error) {
    if (!(error instanceof ForeignKeyViolation)) throw error;
    throw new Problem('bad_request', 'Invalid subAgent ID or tool ID - referenced entity does not exist');
  }
}

/** The row of a create body, whose id is ignored. (observed) */
function relationRow(agent: AgentKey, body: z.output<typeof RelationInsert>): RelationRow {
  const createdAt = insertTime();
  const { subAgentId, toolId } = body;
  return {
    ...agent,
    id: relationId({ ...agent, subAgentId, toolId }),
    subAgentId,
    toolId,
    selectedTools: body.selectedTools ?? null,
    headers: body.headers ?? null,
    toolPolicies: body.toolPolicies ?? null,
    createdAt,
    updatedAt: createdAt,
  };
}

function present(relation: RelationRow | undefined): RelationRow {
  if (relation === undefined) throw new Problem('not_found', 'SubAgent tool relation not found');
  return relation;
}
