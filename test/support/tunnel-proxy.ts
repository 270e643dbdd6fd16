import { once } from 'node:events';
import { createServer, request } from 'node:http';
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

export interface TestPlainProxy {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Each forwarded request: its request target, its `Host`, and the credentials for the proxy. */
  readonly forwarded: {
    readonly target: string | undefined;
    readonly host: string | undefined;
    readonly authorization: string | undefined;
  }[];
  /** Tunnels that were asked for, and refused. */
  readonly tunnels: string[];
}

/** A proxy as Squid is by default: requests to http addresses are forwarded, and tunnels are refused. Closed when the test ends. */
export async function startPlainProxy({ status }: { readonly status?: number } = {}): Promise<TestPlainProxy> {
  const forwarded: TestPlainProxy['forwarded'] = [];
  const tunnels: string[] = [];
  const server = createServer((incoming, response) => {
    const { 'proxy-authorization': authorization, ...headers } = incoming.headers;
    forwarded.push({ target: incoming.url, host: headers.host, authorization });
    if (status !== undefined || !URL.canParse(incoming.url ?? '')) return void response.writeHead(status ?? 400).end();
    const onward = request(new URL(incoming.url ?? ''), { method: incoming.method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    incoming.pipe(onward);
  });
  server.on('connect', ({ url = '' }, client) => {
    tunnels.push(url);
    client.on('error', () => undefined).end('HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n');
  });
  onTestFinished(() => void server.close().closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, forwarded, tunnels };
}

/** A proxy that opens tunnels and nothing else; with `status` it refuses them. Closed with its tunnels when the test ends. */
export async function startTunnelProxy({ status = 200 } = {}): Promise<TestProxy> {
  const tunnels: TestProxy['tunnels'] = [];
  const others: string[] = [];
  const server = createServer((incoming, response) => {
    others.push(`${incoming.method} ${incoming.url}`);
    response.writeHead(405).end();
  });
  server.on('connect', (incoming, client, head) => {
    tunnels.push({ target: incoming.url, authorization: incoming.headers['proxy-authorization'] });
    client.on('error', () => undefined);
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`tunnel://${incoming.url}`);
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
