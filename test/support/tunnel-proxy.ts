import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { onTestFinished } from 'vitest';

export interface TestProxy {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Each CONNECT in the order of arrival: `host:port`, and the credentials with it. */
  readonly tunnels: { readonly target: string | undefined; readonly authorization: string | undefined }[];
  /** Requests that came without a tunnel. */
  readonly others: string[];
}

/** A proxy that opens tunnels and nothing else; with `status` it refuses them. Closed with its tunnels when the test ends. */
export async function startTunnelProxy({ status = 200 } = {}): Promise<TestProxy> {
  const tunnels: TestProxy['tunnels'] = [];
  const others: string[] = [];
  const server = createServer((request, response) => {
    others.push(`${request.method} ${request.url}`);
    response.writeHead(405).end();
  });
  server.on('connect', (request, client, head) => {
    tunnels.push({ target: request.url, authorization: request.headers['proxy-authorization'] });
    client.on('error', () => undefined);
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`tunnel://${request.url}`);
    const upstream = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    onTestFinished(() => void upstream.destroy());
    upstream.on('error', () => client.end('HTTP/1.1 502 No\r\ncontent-length: 0\r\n\r\n'));
    client.on('close', () => upstream.destroy());
  });
  onTestFinished(() => void server.close().closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels, others };
}
