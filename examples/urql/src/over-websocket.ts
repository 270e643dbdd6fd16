import type { ResultOf } from 'gql.tada';
import { print } from 'graphql';
import { WebSocket } from 'ws';
import { createLiveClient } from '../../live/client.js';
import { Live } from './live-status.js';
import { Tools } from './tools.js';

Object.assign(globalThis, { WebSocket }); // Node.js before 22 has none.
const url = process.env.GATEWAY ?? 'http://127.0.0.1:4000/graphql';
const live = createLiveClient(url.replace('http', 'ws'), { get: async () => 'any', forget() {} });
const list = { query: print(Tools), variables: { projectId: 'support-desk' } };
for await (const { data } of live.iterate<ResultOf<typeof Tools>>(list)) {
  const changes = { query: print(Live), variables: { watch: { project: data?.project?.id } } };
  for await (const { data } of live.iterate<ResultOf<typeof Live>>(changes)) {
    console.log(`${data?.toolStatus.tool.name} is ${data?.toolStatus.status}`);
  }
}
