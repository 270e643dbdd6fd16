const query = `query Tools($projectId: String!) {
  project(projectId: $projectId) { tools { nodes { name status } } }
}`;
const response = await fetch(process.env.GATEWAY ?? 'http://127.0.0.1:4000/graphql', {
  method: 'POST',
  headers: { 'content-type': 'application/json', authorization: `Bearer ${process.env.TOKEN ?? 'any'}` },
  body: JSON.stringify({ query, variables: { projectId: 'support-desk' } }),
});
const { data, errors = [] } = await response.json();
for (const { message, extensions } of errors) console.error(extensions.code, message);
for (const { name, status } of data?.project?.tools?.nodes ?? []) console.log(name, status);
