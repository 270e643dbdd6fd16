import type { IncomingMessage } from 'node:http';
import { takeHostFromTarget } from './request-url.js';

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * Returns whether a request is for this gateway by its `Host`: a loopback name, or one that is listed, where the first label may
 * be `*`. A page whose name its owner resolves to this gateway (DNS rebinding) has the origin of the gateway for its browser, and
 * only `Host` tells. Ports do not matter. Requests without `Host` do not come from browsers. If `allowed` is undefined, any host is.
 */
export function createHostCheck(allowed: readonly string[] | undefined): (request: IncomingMessage) => boolean {
  if (!allowed) return () => true;
  let lastAllowed: string | undefined;
  return (request) => {
    takeHostFromTarget(request);
    const { host } = request.headers;
    if (!host || host === lastAllowed) return true;
    const name = host.toLowerCase().replace(/\.?(?::\d*)?$/, '');
    const isAllowed = LOOPBACK.test(name) || allowed.includes(name) || allowed.includes(name.replace(/^[^.]+/, '*'));
    if (isAllowed) lastAllowed = host;
    return isAllowed;
  };
}

/** The message for a request that is for another host. It does not repeat the host, which may be anything. */
export const OTHER_HOST =
  'The host of this request is not one of this gateway. If it should be, its operator must add it to ALLOWED_HOSTS.';
