import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';

/** Addresses of the machine and of private networks, where proxies are. */
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['127.0.0.0', 8],
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4');
}
PRIVATE.addAddress('::1', 'ipv6');
PRIVATE.addSubnet('fc00::', 7, 'ipv6');
PRIVATE.addSubnet('fe80::', 10, 'ipv6');

/**
 * The address of the client of a request; of IPv6 the first 64 bits, because a client usually has a whole network of that size.
 * Undefined if it is not known: the request came through a proxy on this machine or in a private network, as its headers say.
 *
 * With `trustProxy`, it is the last public address in `X-Forwarded-For` or `Forwarded`, which is what the outermost proxy of a
 * private network has seen. The addresses before it may be forged.
 */
export function clientAddress({ socket, headers }: IncomingMessage, trustProxy: boolean): string | undefined {
  const peer = normalize(socket.remoteAddress ?? '');
  const forwarded = [
    ...String(headers['x-forwarded-for'] ?? '').split(','),
    ...[...(headers.forwarded ?? '').matchAll(/(?:^|[;,\s])for="?([^";,\s]+)/gi)].map(([, address]) => address ?? ''),
  ].filter((address) => address.trim() !== '');
  const isProxy = forwarded.length > 0;
  if (!isProxy || !trustProxy) return peer === '' || (isProxy && isPrivate(peer)) ? undefined : networkOf(peer);
  const addresses = forwarded.map(normalize);
  const address = addresses.findLast((candidate) => candidate !== '' && !isPrivate(candidate)) ?? addresses[0];
  return address ? networkOf(address) : undefined;
}

/** The address without brackets, port and zone, and an IPv4 address as such. Empty if it is none. */
function normalize(text: string): string {
  const bare = text
    .trim()
    .replace(/^\[(.*)\](?::\d+)?$/, '$1')
    .replace(/^([\d.]+):\d+$/, '$1');
  const address = bare.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(address) === 0 ? '' : address;
}

function isPrivate(address: string): boolean {
  return PRIVATE.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  // The URL parser writes the shortest form, in which "::" stands for all groups that are missing.
  const [start = '', end] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = start.split(':').filter(Boolean);
  const missing = end === undefined ? 0 : 8 - groups.length - end.split(':').filter(Boolean).length;
  const all = [...groups, ...Array<string>(missing).fill('0'), ...(end ?? '').split(':').filter(Boolean)];
  return `${all.slice(0, 4).join(':')}::/64`;
}
