import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { answerJson } from '../json.js';
import { bodyOf, Failure, queryOf } from './failures.js';
import type { Define } from './operation.js';
import type { VoiceToolRow } from './rows.js';
import { ToolCreate, ToolListQuery, ToolUpdate } from './schemas.js';
import type { Store } from './store.js';
import { toolPage } from './tool-page.js';

/** The catalogue of tools. Ids in paths are ids or names. Writes return an object of strings, not the row. */
export function defineTools(define: Define, store: Store): void {
  define({
    name: 'list-tools',
    methods: ['GET'],
    path: '/tools',
    handle: (c) => answerJson(c, toolPage(store.toolsByName(), queryOf(c, ToolListQuery))),
  });

  define({
    name: 'get-tool',
    methods: ['GET'],
    path: '/tools/:id',
    handle: (c, id) => answerJson(c, toolOf(store, id)),
  });

  define({
    name: 'create-tool',
    methods: ['POST'],
    path: '/tools',
    async handle(c) {
      const body = await bodyOf(c, ToolCreate);
      // Rows refer to the name, so it is unique in a database.
      if (store.toolNamed(body.name)) throw new Failure(500, 'database error');
      const tool = toolRow(body);
      store.tools.set(tool.id, tool);
      return answerJson(c, { id: tool.id, name: tool.name }, 201);
    },
  });

  define({
    name: 'update-tool',
    methods: ['PUT'],
    path: '/tools/:id',
    async handle(c, id) {
      const tool = toolOf(store, id);
      const body = await bodyOf(c, ToolUpdate);
      const modified_from_default = tool.is_default || tool.modified_from_default;
      store.tools.set(tool.id, { ...tool, ...body, modified_from_default, updated_at: new Date().toISOString() });
      return answerJson(c, { id: tool.id, status: 'updated' });
    },
  });

  define({
    name: 'delete-tool',
    methods: ['DELETE'],
    path: '/tools/:id',
    handle(c, id) {
      const tool = toolOf(store, id);
      if (tool.is_default) throw new Failure(403, 'built-in tools cannot be deleted');
      store.deleteTool(tool);
      return c.body(null, 204);
    },
  });
}

function toolOf(store: Store, idOrName: string): VoiceToolRow {
  const tool = store.tools.get(idOrName) ?? store.toolNamed(idOrName);
  if (tool === undefined) throw new Failure(404, 'tool not found');
  return tool;
}

function toolRow(body: z.output<typeof ToolCreate>): VoiceToolRow {
  const now = new Date().toISOString();
  return {
    id: randomUUID(),
    ...body,
    display_name: displayName(body.name),
    is_default: false,
    modified_from_default: false,
    default_version: null,
    created_at: now,
    updated_at: now,
  };
}

/** The default display name: `lookup_order` becomes "Lookup order". A create body cannot set it. */
export function displayName(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
