import { WebSocket } from 'ws';
import { createLiveClient } from '../../live/client.js';
import { renewing } from '../../live/renewing.js';
import { createApollo } from './client.js';
import { watchTools } from './live-list.js';

Object.assign(globalThis, { WebSocket }); // Node.js before 22 has none.
const url = process.env.GATEWAY ?? 'http://127.0.0.1:4000/graphql';
const token = { get: async () => 'any', forget() {} };
const live = renewing(createLiveClient(url.replace('http', 'ws'), token));
const client = createApollo(url, live, token);
const { loadMore } = watchTools(client, 'support-desk', (rows, total) => {
  console.log(`${rows.length} of ${total} tools`, rows);
});
process.stdin.on('data', () => loadMore().catch(console.error)); // Press Enter for the next page.
