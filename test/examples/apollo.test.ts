import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { generate } from '@graphql-codegen/cli';
import { createClient } from 'graphql-ws';
import { expect, expectTypeOf, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import config from '../../examples/apollo/codegen.js';
import { createCache } from '../../examples/apollo/src/cache.js';
import { createApollo, persisted } from '../../examples/apollo/src/client.js';
import { createTool } from '../../examples/apollo/src/create-tool.js';
import { showTools } from '../../examples/apollo/src/deferred-status.js';
import type { ToolRowFragment } from '../../examples/apollo/src/gql/graphql.js';
import { watchTools } from '../../examples/apollo/src/live-list.js';
import { LiveTools } from '../../examples/apollo/src/live-status.js';
import { labelOf, ToolsPage } from '../../examples/apollo/src/tools.js';
import { createLiveClient } from '../../examples/live/client.js';
import { renewing } from '../../examples/live/renewing.js';
import { WhoUsesThisToolDocument } from '../../schema/generated/graphql.js';
import { startGateway } from '../support/gateway.js';
import { idOf } from '../support/status.js';

const PROJECT = idOf('Project', 'support-desk');
const PAGE = { projectId: 'support-desk', first: 10 };

/** A token source: `first` until the gateway rejects it, then `second`. */
function tokenOf(first = 'a-token', second = first) {
  let isForgotten = false;
  return {
    get: async () => (isForgotten ? second : first),
    forget() {
      isForgotten = true;
    },
  };
}

function openLive(url: string, token = tokenOf()) {
  vi.stubGlobal('WebSocket', WebSocket);
  onTestFinished(() => void vi.unstubAllGlobals());
  const live = createLiveClient(`${url.replace('http', 'ws')}/graphql`, token);
  onTestFinished(() => live.dispose());
  return live;
}

function openApollo(url: string, ...links: Parameters<typeof createApollo>[3] & object) {
  const client = createApollo(`${url}/graphql`, openLive(url), tokenOf(), links);
  onTestFinished(() => client.stop());
  return client;
}

test('loads a list page by page, and each event of live status updates its row', { timeout: 40_000 }, async () => {
  const { url, query, sandbox } = await startGateway({}, { STATUS_INTERVAL_MS: '500' });
  const shown: { rows: string[]; total: number | null | undefined }[] = [];
  const list = () => shown.at(-1);
  const { loadMore, stop } = watchTools(openApollo(url), 'support-desk', (rows, total) => shown.push({ rows, total }));
  onTestFinished(stop);
  await expect.poll(list, { timeout: 10_000 }).toMatchObject({ rows: { length: 10 }, total: 26 });
  expect(shown[0]?.rows[0]).toBe('Zendesk is being checked, created 2025-04-09');
  expect(await loadMore()).toBe(true);
  expect(await loadMore()).toBe(false);
  await expect.poll(list).toMatchObject({ rows: { length: 26 }, total: 26 });
  const { data } = await query('{ project(projectId: "support-desk") { tools(first: 100) { nodes { name } } } }');
  expect(list()?.rows.map((row) => row.split(' is ')[0])).toEqual(
    data?.project.tools.nodes.map(({ name }: { name: string }) => name),
  );
  const first = () => list()?.rows[0];
  await expect.poll(first, { timeout: 10_000 }).toBe('Zendesk is HEALTHY, created 2025-04-09');
  sandbox.inkeep.setMcp('zendesk', { mode: 'reset' });
  await expect.poll(first, { timeout: 10_000 }).toContain('Zendesk is UNAVAILABLE');
  sandbox.inkeep.removeTool({ id: 'zendesk' });
  await expect.poll(first, { timeout: 10_000 }).toContain('Intercom');
});

test('says that there is no such project', async () => {
  const { url } = await startGateway();
  const said = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  onTestFinished(() => said.mockRestore());
  const shown: string[][] = [];
  const { stop } = watchTools(openApollo(url), 'nowhere', (rows) => shown.push(rows));
  onTestFinished(stop);
  await expect.poll(() => said.mock.calls).toEqual([['There is no project "nowhere".']]);
  expect(shown).toEqual([]);
});

test('shows the list at once, and each status when its probe has ended', async () => {
  const { url, sandbox } = await startGateway({ story: false });
  sandbox.inkeep.addProject({ id: 'lab' });
  for (const [id, delayMs] of [['slow', 600] as const, ['fast', 0] as const]) {
    sandbox.inkeep.addTool({ id, name: id });
    sandbox.inkeep.setMcp(id, { mode: 'healthy', delayMs });
  }
  const shown: string[][] = [];
  const stop = showTools(openApollo(url), 'lab', (rows) => shown.push(rows));
  onTestFinished(stop);
  await expect.poll(() => shown.at(-1), { timeout: 5_000 }).toEqual(['fast: HEALTHY', 'slow: HEALTHY']);
  expect(shown).toEqual([
    ['fast: checking…', 'slow: checking…'],
    ['fast: HEALTHY', 'slow: checking…'],
    ['fast: HEALTHY', 'slow: HEALTHY'],
  ]);
  expect(sandbox.inkeep.count('get-tool')).toBe(2);
});

test('of `nodes`, the cache keeps the last page only', async () => {
  const { url } = await startGateway();
  const client = openApollo(url);
  const query: typeof ToolsPage = gql`
    query ($projectId: String!, $first: Int!, $after: String) {
      project(projectId: $projectId) {
        id
        tools(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
      }
    }
  `;
  const { data } = await client.query({ query, variables: PAGE });
  const after = data?.project?.tools?.pageInfo.endCursor;
  await client.query({ query, variables: { ...PAGE, after }, fetchPolicy: 'network-only' });
  expect(client.readQuery({ query, variables: PAGE })?.project?.tools).toMatchObject({ nodes: { length: 10 } });
});

test('sends the hashes that codegen wrote, to a gateway that executes nothing else', async () => {
  const { url } = await startGateway(
    {},
    { PERSISTED_OPERATIONS: 'examples/apollo/src/gql/persisted-documents.json', PERSISTED_ONLY: 'true' },
  );
  const { data } = await openApollo(url, persisted).query({ query: ToolsPage, variables: PAGE });
  expect(data?.project?.tools?.edges.map(({ node }) => labelOf(node))[0]).toContain('Zendesk');
});

test('shows the errors of a form by field', async () => {
  const { url } = await startGateway();
  const input = { project: PROJECT, name: '', config: { url: 'not a url' } };
  expect([...(await createTool(openApollo(url), input)).keys()].sort()).toEqual(['config.url', 'name']);
  expect(
    await createTool(openApollo(url), { ...input, name: 'New', config: { url: 'https://a.example/mcp' } }),
  ).toEqual(new Map());
});

test('Apollo drops the fields of `... on UserError` without possibleTypes, and only warns', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  onTestFinished(() => warn.mockRestore());
  const { url } = await startGateway();
  const input = { project: PROJECT, name: 'Again', toolId: 'zendesk', config: { url: 'https://a.example/mcp' } };
  const link = new HttpLink({ uri: `${url}/graphql` });
  const without = new ApolloClient({ link, cache: new InMemoryCache() });
  expect(await createTool(without, input)).toEqual(new Map([['', 'There is no result.']]));
  expect(warn.mock.calls[0]?.[0]).toContain('missing `possibleTypes`');
  warn.mockClear();
  const withTypes = new ApolloClient({ link, cache: createCache() });
  expect(await createTool(withTypes, input)).toEqual(
    new Map([['toolId', 'The project already has a tool with this id.']]),
  );
  expect(warn).not.toHaveBeenCalled();
});

test('documents of `documentMode: string` are no documents for Apollo', async () => {
  const { url } = await startGateway();
  const query = WhoUsesThisToolDocument as unknown as typeof ToolsPage;
  expect(() => openApollo(url).query({ query, variables: PAGE })).toThrow(/wrap the query string in a "gql"/);
});

test.for([
  [false, 'CLOSED'],
  [true, 'Inkeep does not allow this caller to do that.'],
] as const)('Apollo loses the error of a subscription without a global WebSocket: %s', async ([isGlobal, message]) => {
  const { url } = await startGateway();
  vi.stubGlobal('WebSocket', isGlobal ? WebSocket : undefined);
  onTestFinished(() => void vi.unstubAllGlobals());
  const connectionParams = { authorization: 'Bearer forbidden' };
  const live = createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams,
  });
  const client = new ApolloClient({ link: new GraphQLWsLink(live), cache: createCache() });
  const errors: (string | undefined)[] = [];
  client
    .subscribe({ query: LiveTools, variables: { watch: { project: PROJECT } } })
    .subscribe({ next: ({ error }) => errors.push(error?.message) });
  await expect.poll(() => errors, { timeout: 5_000 }).toEqual([expect.stringContaining(message)]);
});

test('a DateTime is a string with `scalars`, and unknown without', async () => {
  expectTypeOf<ToolRowFragment['createdAt']>().toEqualTypeOf<string | null>();
  const bare = { preset: 'client', config: { enumsAsTypes: true } } as const;
  const schema = 'schema/schema.graphql';
  const documents = 'examples/apollo/src/tools.ts';
  const files = await generate({ schema, documents, generates: { 'gql/': bare }, silent: true }, false);
  expect(files.map(({ content }: { content: string }) => content).join()).toContain('createdAt: unknown }');
  expect(config.generates['src/gql/'].config.scalars.DateTime).toBe('string');
});

test.for([
  ['restarted inside the handler of the error stays dead', false],
  ['through `renewing` continues with the next token', true],
] as const)('live status of Apollo after 4403: a subscription %s', { timeout: 30_000 }, async ([, isRenewing]) => {
  const { url, sandbox } = await startGateway({}, { STATUS_INTERVAL_MS: '500' });
  const live = openLive(url, tokenOf('Monday', 'Tuesday'));
  const link = new GraphQLWsLink(isRenewing ? renewing(live) : live);
  const client = new ApolloClient({ link, cache: createCache() });
  const observable = client.subscribe({
    query: LiveTools,
    variables: { watch: { agent: idOf('Agent', 'support-desk', 'triage') } },
  });
  const seen: string[] = [];
  const ended = new Promise<void>((complete) => {
    const subscription = observable.subscribe({
      next({ data, error }) {
        if (error) observable.restart();
        else seen.push(`${data?.toolStatus.tool.id}`);
      },
      complete,
    });
    onTestFinished(() => subscription.unsubscribe());
  });
  // The first event of each tool: what follows is one poll after another.
  await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(15);
  sandbox.inkeep.fault({ kind: 'status', status: 401, operation: 'get-agent-tool-status' });
  const tokens = () => new Set(sandbox.inkeep.requests.map(({ headers }) => headers.authorization));
  if (isRenewing) await expect.poll(() => [...tokens()], { timeout: 10_000 }).toContain('Bearer Tuesday');
  else {
    await ended;
    expect([...tokens()]).toEqual(['Bearer Monday']);
  }
});
