import type { Variables } from './variables.js';

/** The proxy through which an upstream is called. */
export interface ProxyServer {
  /** The variable that names it, in the letter case that is set. */
  readonly variable: string;
  /** Without credentials: fit to be shown. */
  readonly url: string;
  /** Value of `Proxy-Authorization`, where the variable holds credentials. A secret. */
  readonly authorization?: string;
}

/**
 * The proxy for an upstream's address by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, as undici's EnvHttpProxyAgent reads them: lower
 * case wins, and https without a proxy of its own takes that of http. Undefined where the address is to be called directly.
 */
export function readProxy(variables: Variables, target: string): ProxyServer | undefined {
  const url = new URL(target);
  const names = ['http_proxy', 'HTTP_PROXY'];
  if (url.protocol === 'https:') names.unshift('https_proxy', 'HTTPS_PROXY');
  const variable = names.find((name) => variables.has(name));
  const exempt = ['no_proxy', 'NO_PROXY'].find((name) => variables.has(name));
  if (variable === undefined) return undefined;
  if (exempt !== undefined && isExempt(url, variables.hidden(exempt, (value) => value, '') ?? '')) return undefined;
  const proxy = variables.hidden(variable, parseProxy, 'the http or https URL of a proxy, such as http://host:3128');
  return proxy && { variable, ...proxy };
}

/** `host:3128` is short for `http://host:3128`, as for other programs that read these variables. */
function parseProxy(value: string): Omit<ProxyServer, 'variable'> | undefined {
  const text = value.includes('://') ? value : `http://${value}`;
  if (!URL.canParse(text)) return undefined;
  const { protocol, origin, hostname, username, password } = new URL(text);
  if (!/^https?:$/.test(protocol) || hostname === '') return undefined;
  if (username === '' && password === '') return { url: origin };
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return { url: origin, authorization: `Basic ${Buffer.from(credentials).toString('base64')}` };
  } catch {
    return undefined; // A "%" that begins no escape.
  }
}

/** Entries are host names, with or without a leading dot or `*.`, which stand for their subdomains too; `:port` narrows them. */
function isExempt({ protocol, hostname, port }: URL, list: string): boolean {
  const entries = list.toLowerCase().split(/[\s,]+/);
  const ownHost = withoutBrackets(hostname);
  const ownPort = port || (protocol === 'https:' ? '443' : '80');
  return entries.some((entry) => {
    const [, name = entry, onlyPort = ownPort] = /^(\[.*\]|[^:]+):(\d+)$/.exec(entry) ?? [];
    const host = withoutBrackets(name.replace(/^\*?\./, ''));
    if (host === '' || onlyPort !== ownPort) return false;
    return host === '*' || ownHost === host || ownHost.endsWith(`.${host}`);
  });
}

/** An IPv6 address as it is written outside URLs. */
function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
