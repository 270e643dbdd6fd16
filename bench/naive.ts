interface Row {
  readonly id: string;
  readonly toolId: string;
  readonly name: string;
}

/** Follows the links of an agent one after the other, as a first script does. Gives how many tools it has named. */
export async function linkByLink(project: string, agentId: string): Promise<number> {
  const agent = `${project}/agents/${agentId}`;
  const names: string[] = [];
  await get(agent);
  for (const subAgent of await list(`${agent}/sub-agents?limit=100`)) {
    for (const relation of await list(`${agent}/sub-agent-tool-relations?limit=100&subAgentId=${subAgent.id}`)) {
      const { data } = await get<{ data: Row }>(`${project}/tools/${relation.toolId}`);
      names.push(data.name);
    }
  }
  return names.length;
}

/** The same, all links of a level at once: what a resolver for each field comes to. */
export async function byLevel(project: string, agentId: string): Promise<number> {
  const agent = `${project}/agents/${agentId}`;
  await get(agent);
  const subAgents = await list(`${agent}/sub-agents?limit=100`);
  const relations = await Promise.all(
    subAgents.map(({ id }) => list(`${agent}/sub-agent-tool-relations?limit=100&subAgentId=${id}`)),
  );
  const tools = await Promise.all(
    relations.flat().map(({ toolId }) => get<{ data: Row }>(`${project}/tools/${toolId}`)),
  );
  return tools.map(({ data }) => data.name).length;
}

async function list(url: string): Promise<readonly Row[]> {
  return (await get<{ data: Row[] }>(url)).data;
}

async function get<Body>(url: string): Promise<Body> {
  const response = await fetch(url, { headers: { authorization: 'Bearer bench' } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return (await response.json()) as Body;
}
