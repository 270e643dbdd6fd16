import { type buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici';

/** The proxy through which an upstream is called. */
export interface ProxySettings {
  readonly url: string;
  /** Value of `Proxy-Authorization`. */
  readonly authorization?: string | undefined;
}

/** The proxy opens no tunnel, or forwards nothing without credentials; nothing reached the upstream. */
export class ProxyRefused extends Error {
  /** 407 where it wants credentials, or other ones. */
  readonly status: number;

  constructor(status: number) {
    super(`the proxy refused with ${status}`);
    this.name = 'ProxyRefused';
    this.status = status;
  }
}

/** There is no connection to the proxy; `cause` says why. */
export class ProxyUnreachable extends Error {
  constructor(cause: unknown) {
    super('no connection to the proxy', { cause });
    this.name = 'ProxyUnreachable';
  }
}

/** Whether requests to this address are handed to the proxy in plain text, as other programs do it; all others go by a tunnel. */
export function isForwarded(target: string, proxyUrl: string): boolean {
  return target.startsWith('http:') && proxyUrl.startsWith('http:');
}

/**
 * Connections to an upstream through a proxy, by undici's ProxyAgent: https by tunnels (CONNECT), http by requests that the proxy
 * forwards, since many proxies open tunnels to port 443 only. A proxy that says no, or is not there, fails with an error of its
 * own, so that it is not taken for the upstream. A 407 to a forwarded request is known in `exchange`.
 */
export function createProxyAgent(
  origin: string,
  { url, authorization }: ProxySettings,
  { connectTimeoutMs, ...options }: Pool.Options & { readonly connectTimeoutMs: number },
): Dispatcher {
  return new ProxyAgent({
    ...options,
    uri: url,
    ...(authorization !== undefined && { token: authorization }),
    proxyTls: { timeout: connectTimeoutMs },
    requestTls: { timeout: connectTimeoutMs },
    proxyTunnel: !isForwarded(origin, url),
    clientFactory: (proxy, own) => new TunnelPool(proxy, { ...own, headersTimeout: connectTimeoutMs }),
    ...(isForwarded(origin, url) && { factory: (proxy, own) => forwardingPool(proxy, { ...options, ...own }) }),
  });
}

/** Connections to a proxy that forwards. The agent hands over how to connect, and none of its other options. */
function forwardingPool(proxy: string | URL, options: Pool.Options): Pool {
  const connect = options.connect as buildConnector.connector;
  return new Pool(proxy, {
    ...options,
    connect: (target, callback) =>
      connect(target, (...[error, socket]) => {
        if (error) callback(new ProxyUnreachable(error), null);
        else callback(null, socket);
      }),
  });
}

type Connected = Dispatcher.ConnectData;

/** Connections to the proxy itself. The agent asks it by `connect`, without a callback. */
class TunnelPool extends Pool {
  override connect(options: Dispatcher.ConnectOptions): Promise<Connected>;
  override connect(options: Dispatcher.ConnectOptions, callback: (error: Error | null, data: Connected) => void): void;
  override async connect(options: Dispatcher.ConnectOptions): Promise<Connected> {
    const answer = await super.connect(options).catch((error: unknown) => {
      throw new ProxyUnreachable(error);
    });
    if (answer.statusCode === 200) return answer;
    answer.socket.on('error', () => {}).destroy();
    throw new ProxyRefused(answer.statusCode);
  }
}
