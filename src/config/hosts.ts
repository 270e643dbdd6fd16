import { isLoopback } from './loopback.js';
import type { Settings } from './read-settings.js';

/** Stands for any host in ALLOWED_HOSTS. */
const ANY = '*';

/** The warning if any host is accepted and nobody has decided that. */
const NOT_DECIDED =
  'ALLOWED_HOSTS is not set, and HOST is not loopback: requests with any Host header are accepted, also from pages that use DNS rebinding. Set it to the names of this gateway, or to * if a proxy checks them.';

/**
 * The host names that requests may have in `Host`, besides loopback names: ALLOWED_HOSTS, HOST, and the host of PUBLIC_URL.
 * Undefined if any is accepted: by `*`, or by default if HOST is not loopback, because a proxy may pass on any name.
 */
export function readHosts({ ALLOWED_HOSTS: listed, HOST: host, PUBLIC_URL: publicUrl }: Settings): {
  allowedHosts: readonly string[] | undefined;
  warnings: readonly string[];
} {
  if (listed?.includes(ANY)) return { allowedHosts: undefined, warnings: [] };
  if (!listed && !isLoopback(host)) return { allowedHosts: undefined, warnings: [NOT_DECIDED] };
  const own = [
    host.includes(':') ? `[${host}]` : host,
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
  ];
  return { allowedHosts: [...new Set([...(listed ?? []), ...own.map((name) => name.toLowerCase())])], warnings: [] };
}
