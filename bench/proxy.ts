import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';

// The least a gateway in Node can do: read the request, ask the upstream once, pass its bytes on.
const { UPSTREAM, UPSTREAM_PATH } = process.env;
if (!UPSTREAM || !UPSTREAM_PATH) throw new Error('UPSTREAM and UPSTREAM_PATH say what to ask');
const pool = new Pool(UPSTREAM, { connections: 256, pipelining: 1 });

const server = createServer(async (request, response) => {
  request.resume();
  await once(request, 'end');
  const answer = await pool.request({ method: 'GET', path: UPSTREAM_PATH });
  const body = Buffer.from(await answer.body.arrayBuffer());
  response
    .writeHead(answer.statusCode, { 'content-type': 'application/json', 'content-length': body.length })
    .end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.once('SIGTERM', () => process.exit(0));
