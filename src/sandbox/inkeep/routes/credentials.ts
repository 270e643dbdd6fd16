import { Problem } from '../problems.js';
import type { Store } from '../store/store.js';
import { type Define, PROJECT } from './operation.js';
import { mapPage, pageOf } from './paging.js';
import { Paging } from './schemas.js';
import { credentialView, storedToolView } from './views.js';

/** list-credentials and get-credential-by-id: the credentials that a project's tools can refer to. */
export function defineCredentials(define: Define, store: Store): void {
  define({
    name: 'list-credentials',
    methods: ['GET'],
    path: `${PROJECT}/credentials`,
    query: Paging,
    handle: ({ project, query }) => mapPage(pageOf(store.credentials.where(project), query), credentialView),
  });

  define({
    name: 'get-credential-by-id',
    methods: ['GET'],
    path: `${PROJECT}/credentials/:id`,
    handle({ project, id }) {
      const credential = store.credentials.get({ ...project, id });
      if (credential === undefined) throw new Problem('not_found', 'Credential not found');
      const tools = store.tools.where({ ...project, credentialReferenceId: id });
      return { data: { ...credentialView(credential), tools: tools.map(storedToolView), externalAgents: [] } };
    },
  });
}
