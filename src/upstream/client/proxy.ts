import { type Dispatcher, Pool, ProxyAgent } from 'undici';

/** The proxy through which an upstream is called. */
export interface ProxySettings {
  readonly url: string;
  /** Value of `Proxy-Authorization`. */
  readonly authorization?: string | undefined;
}

/** The proxy does not open a tunnel; nothing reached the upstream. */
export class ProxyRefused extends Error {
  /** 407 where it wants credentials, or other ones. */
  readonly status: number;

  constructor(status: number) {
    super(`the proxy answered CONNECT with ${status}`);
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

/**
 * Connections to an upstream through tunnels (CONNECT) of a proxy, by undici's ProxyAgent; plain http goes by a tunnel too. A
 * proxy that says no, or is not there, fails with an error of its own, so that it is not taken for the upstream.
 */
export function createProxyAgent(
  { url, authorization }: ProxySettings,
  { connectTimeoutMs, ...options }: Pool.Options & { readonly connectTimeoutMs: number },
): Dispatcher {
  return new ProxyAgent({
    ...options,
    uri: url,
    ...(authorization !== undefined && { token: authorization }),
    proxyTls: { timeout: connectTimeoutMs },
    requestTls: { timeout: connectTimeoutMs },
    clientFactory: (origin, own) => new TunnelPool(origin, { ...own, headersTimeout: connectTimeoutMs }),
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
