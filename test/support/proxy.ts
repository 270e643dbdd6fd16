import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export interface ProxyOptions {
  /** Cut from the front of each path; what does not begin with it is answered with 404. */
  readonly prefix?: string;
  /** The headers that are passed on. By default those that came. */
  readonly headers?: (received: IncomingHttpHeaders) => IncomingHttpHeaders;
}

/** A reverse proxy in front of a gateway, upgrades included. Gives its address, with the prefix. Closed when the test ends. */
export async function startProxy(target: string, { prefix = '', headers = (all) => all }: ProxyOptions = {}) {
  const { hostname, port } = new URL(target);
  const server = createServer((received, response) => {
    if (received.url?.startsWith(`${prefix}/`)) passOn(received, response);
    else response.writeHead(404).end('not mine');
  });

  function passOn(received: IncomingMessage, response: ServerResponse): void {
    const { method, url = '' } = received;
    const onwards = { hostname, port, method, path: url.slice(prefix.length), headers: headers(received.headers) };
    const sent = request(onwards, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(response);
    });
    sent.on('error', () => response.destroy());
    response.on('close', () => sent.destroy());
    received.pipe(sent);
  }

  server.on('upgrade', (received: IncomingMessage, socket: Socket, head: Buffer) => {
    const { url = '' } = received;
    if (!url.startsWith(`${prefix}/`)) return void socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
    const onwards = connect(Number(port), hostname, () => {
      const lines = Object.entries(headers(received.headers)).map(([name, value]) => `${name}: ${value}\r\n`);
      onwards.write(`GET ${url.slice(prefix.length)} HTTP/1.1\r\n${lines.join('')}\r\n`);
      onwards.write(head);
      socket.pipe(onwards).pipe(socket);
    });
    for (const [end, other] of [
      [socket, onwards],
      [onwards, socket],
    ] as const) {
      end.on('error', () => other.destroy()).on('close', () => other.destroy());
      onTestFinished(() => void end.destroy());
    }
  });

  onTestFinished(() => void server.close().closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}` };
}
