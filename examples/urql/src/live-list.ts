import type { Client } from '@urql/core';
import { Live } from './live-status.js';
import { labelOf, Tools } from './tools.js';

/** Calls `show` with the first tools of a project at once, and again with the first status of each and with each change. */
export async function watchTools(client: Client, projectId: string, show: (rows: string[]) => void) {
  const { data, error } = await client.query(Tools, { projectId });
  if (error) throw error;
  const { id: project, tools } = data?.project ?? {};
  const statuses = new Map<string, string>();
  const showAll = () => show(tools?.nodes.map((tool) => labelOf(tool, statuses.get(tool.id))) ?? []);
  showAll();
  if (!project) return () => undefined;
  const events = client.subscription(Live, { watch: { project } }).subscribe(({ data, error }) => {
    if (error) console.error(error.message);
    if (!data) return;
    const { tool, status, removed } = data.toolStatus;
    statuses.set(tool.id, removed ? 'removed' : status);
    showAll();
  });
  return events.unsubscribe;
}
