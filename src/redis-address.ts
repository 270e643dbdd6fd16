/** One Redis server, or the Sentinels that know which server is the primary. */
export type RedisAddress =
  | { readonly kind: 'server'; readonly url: string; readonly db: number }
  | {
      readonly kind: 'sentinel';
      readonly sentinels: readonly { readonly host: string; readonly port: number }[];
      /** The name under which the Sentinels know the primary. */
      readonly name: string;
      readonly username: string | undefined;
      readonly password: string | undefined;
      readonly db: number;
      readonly isTls: boolean;
    };

const SENTINEL_PORT = 26_379;
const SENTINEL_URL =
  /^redis(?<tls>s)?-sentinel:\/\/(?:(?<username>[^:@/]*):(?<password>[^@/]*)@)?(?<hosts>[^@/?#]+)\/(?<name>[^/?#]+)(?:\/(?<db>\d+))?$/;
const HOST = /^(?<host>[a-zA-Z0-9._-]+|\[[0-9a-fA-F:.]+\])(?::(?<port>\d{1,5}))?$/;

/**
 * Reads `redis://[user:password@]host[:port][/database]`, `rediss://…` for TLS, or
 * `redis-sentinel://[user:password@]host[:port],host[:port]…/name-of-primary[/database]`, where the user and the password are those
 * of the primary, and `rediss-sentinel://…`. Undefined if the text is none of them.
 */
export function parseRedisAddress(text: string): RedisAddress | undefined {
  return text.includes('-sentinel://') ? parseSentinelUrl(text) : parseServerUrl(text);
}

function parseServerUrl(text: string): RedisAddress | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^rediss?:$/.test(url.protocol) || url.hostname === '') return undefined;
  return { kind: 'server', url: text, db: Number(url.pathname.slice(1)) || 0 };
}

function parseSentinelUrl(text: string): RedisAddress | undefined {
  const parts = SENTINEL_URL.exec(text)?.groups;
  const hosts = (parts?.hosts ?? '').split(',').map((host) => HOST.exec(host)?.groups);
  if (!parts || hosts.some((host) => host === undefined)) return undefined;
  return {
    kind: 'sentinel',
    sentinels: hosts.map((host) => ({
      host: (host?.host ?? '').replace(/^\[|\]$/g, ''),
      port: Number(host?.port ?? SENTINEL_PORT),
    })),
    name: decode(parts.name) ?? '',
    username: decode(parts.username) || undefined,
    password: decode(parts.password) || undefined,
    db: Number(parts.db ?? 0),
    isTls: parts.tls !== undefined,
  };
}

/** The text with its percent-encoding removed, or as it is if that is malformed. */
function decode(text: string | undefined): string | undefined {
  try {
    return text && decodeURIComponent(text);
  } catch {
    return text;
  }
}
