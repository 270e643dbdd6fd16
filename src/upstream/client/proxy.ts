import { type buildConnector, type Dispatcher, Pool, ProxyAgent } from 'undici';

/** The proxy through which an upstream is called. */
export interface ProxySettings {
  readonly url: string;
  /** Value of `Proxy-Authorization`. */
  readonly authorization?: string | undefined;
}

/** The proxy refused to open a tunnel or to forward a request. Nothing reached the upstream. */
export class ProxyRefused extends Error {
  /** HTTP status of the proxy; 407 if credentials are missing or wrong. */
  readonly status: number;

  constructor(status: number) {
    super(`the proxy refused with ${status}`);
    this.name = 'ProxyRefused';
    this.status = status;
  }
}

/** The proxy cannot be reached; `cause` says why. */
export class ProxyUnreachable extends Error {
  constructor(cause: unknown) {
    super('the proxy cannot be reached', { cause });
    this.name = 'ProxyUnreachable';
  }
}

/** Whether the proxy receives requests to this address in plain text and forwards them. All others use a tunnel. */
export function isForwarded(target: string, proxyUrl: string): boolean {
  return target.startsWith('http:') && proxyUrl.startsWith('http:');
}

/**
 * Connections to an upstream through a proxy, by undici's ProxyAgent. https uses tunnels (CONNECT). http uses requests that the
 * proxy forwards, as many proxies open tunnels to port 443 only. Failures of the proxy itself are ProxyRefused or
 * ProxyUnreachable, so that they are not attributed to the upstream. `exchange` detects a 407 to a forwarded request.
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

/** Connections to a forwarding proxy. The agent passes on its `connect` option only, so the others are added here. */
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

/** Connections to the proxy for tunnels. The agent calls `connect` without a callback. */
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
