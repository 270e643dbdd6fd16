import type { ResultOf } from 'gql.tada';
import { print } from 'graphql';
import { subscribe } from '../../live/events.js';
import { Live } from './live-status.js';
import { Tools } from './tools.js';

const url = process.env.GATEWAY ?? 'http://127.0.0.1:4000/graphql';
const request = { url, token: { get: async () => 'any', forget() {} }, signal: new AbortController().signal };
const list = { ...request, query: print(Tools), variables: { projectId: 'support-desk' } };
for await (const { project } of subscribe<ResultOf<typeof Tools>>(list)) {
  const changes = { ...request, query: print(Live), variables: { watch: { project: project?.id } } };
  for await (const { toolStatus } of subscribe<ResultOf<typeof Live>>(changes)) {
    console.log(`${toolStatus.tool.name} is ${toolStatus.status}`);
  }
}
