import { secret } from './checks.js';
import { type Environment, isSet } from './environment.js';
import { type ConfigProblem, problemOf } from './problems.js';

/** The proxy through which an upstream is called. */
export interface ProxyServer {
  /** The variable that names it, in the letter case that is set. */
  readonly variable: string;
  /** Without credentials, so it may be shown. */
  readonly url: string;
  /** The value of `Proxy-Authorization`, if the variable contains credentials. A secret. */
  readonly authorization?: string;
}

/**
 * The proxy for an upstream's address by `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, as undici's EnvHttpProxyAgent reads them:
 * the lower-case name wins, and an https address without an https proxy uses the http proxy. No `proxy`: call it directly.
 */
export function findProxy(env: Environment, target: string): { proxy?: ProxyServer; problems: ConfigProblem[] } {
  const url = new URL(target);
  const names = ['http_proxy', 'HTTP_PROXY'];
  if (url.protocol === 'https:') names.unshift('https_proxy', 'HTTPS_PROXY');
  const variable = names.find((name) => isSet(env, name));
  if (variable === undefined || isExempt(url, env.no_proxy || env.NO_PROXY || '')) return { problems: [] };
  const { data, error } = PROXY.safeParse(env[variable]);
  if (error) return { problems: error.issues.map((issue) => problemOf(variable, issue)) };
  return { proxy: { variable, ...data }, problems: [] };
}

const PROXY = secret('the http or https URL of a proxy, such as http://host:3128', parseProxy);

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
    return undefined; // A "%" that does not begin an escape.
  }
}

/** An entry is a host name, with or without a leading dot or `*.`, and includes its subdomains. `:port` limits it to that port. */
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
