import type { ProjectRow } from '../store/rows.js';
import type { Store } from '../store/store.js';
import { type Define, PROJECT, PROJECTS } from './operation.js';
import { pageOf } from './paging.js';
import { ProjectListQuery } from './schemas.js';

/** The user who may use every project, and edit none. */
const READER = 'reader';

/** list-projects, get-project-by-id and get-project-permissions. An unknown tenant has no projects. */
export function defineProjects(define: Define, store: Store): void {
  const withAgents = (project: ProjectRow) => {
    const agents = store.agents.where({ tenantId: project.tenantId, projectId: project.id });
    const named = agents.map(({ id, name }) => ({ agentId: id, agentName: name }));
    return { ...project, agents: named.sort((a, b) => a.agentName.localeCompare(b.agentName)) };
  };

  define({
    name: 'list-projects',
    methods: ['GET'],
    path: PROJECTS,
    query: ProjectListQuery,
    handle({ project: { tenantId }, query }) {
      const page = pageOf(store.projects.where({ tenantId }), query);
      return query.include ? { ...page, data: page.data.map(withAgents) } : page;
    },
  });

  define({
    name: 'get-project-by-id',
    methods: ['GET'],
    path: PROJECT,
    handle: ({ project: { tenantId, projectId } }) => ({ data: store.projects.get({ tenantId, id: projectId }) }),
  });

  define({
    name: 'get-project-permissions',
    methods: ['GET'],
    path: `${PROJECT}/permissions`,
    handle: ({ caller }) => ({ data: { canView: true, canUse: true, canEdit: caller.userId !== READER } }),
  });
}
