import { WebSocket } from 'ws';
import { createLiveClient } from '../../live/client.js';
import { renewing } from '../../live/renewing.js';
import { createUrql } from './client.js';
import { watchTools } from './live-list.js';

Object.assign(globalThis, { WebSocket }); // Node.js before 22 has none.
const url = process.env.GATEWAY ?? 'http://127.0.0.1:4000/graphql';
const live = renewing(createLiveClient(url.replace('http', 'ws'), { get: async () => 'any', forget() {} }));
await watchTools(
  createUrql(url, live, () => 'any'),
  'support-desk',
  (rows) => console.log(rows),
);
