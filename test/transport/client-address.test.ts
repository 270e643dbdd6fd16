import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { clientAddress } from '../../src/transport/client-address.js';

type Headers = Readonly<Record<string, string>>;

function addressOf(peer: string | undefined, headers: Headers, trustProxy: boolean) {
  return clientAddress({ socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage, trustProxy);
}

describe('the address of a client is', () => {
  test.each<[string | undefined, string | undefined]>([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['10.0.0.7', '10.0.0.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:db8::6', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    [undefined, undefined],
  ])('of a connection from %s: %s', (peer, expected) => {
    expect(addressOf(peer, {}, false)).toBe(expected);
    expect(addressOf(peer, {}, true)).toBe(expected);
  });

  test.each<[string, Headers, string | undefined]>([
    // A public peer cannot hide behind the header.
    ['203.0.113.7', { 'x-forwarded-for': '198.51.100.1' }, '203.0.113.7'],
    ['127.0.0.1', { 'x-forwarded-for': '198.51.100.1' }, undefined],
    ['172.20.0.3', { forwarded: 'for=198.51.100.1' }, undefined],
    ['::ffff:10.0.0.1', { 'x-forwarded-for': '198.51.100.1' }, undefined],
    ['fd00::1', { 'x-forwarded-for': '198.51.100.1' }, undefined],
    ['10.0.0.1', { 'x-forwarded-for': ' ' }, '10.0.0.1'],
  ])('without TRUST_PROXY, from %s with %o: %s', (peer, headers, expected) => {
    expect(addressOf(peer, headers, false)).toBe(expected);
  });

  test.each<[Headers, string | undefined]>([
    [{ 'x-forwarded-for': '198.51.100.1' }, '198.51.100.1'],
    [{ 'x-forwarded-for': '198.51.100.1:4711' }, '198.51.100.1'],
    [{ 'x-forwarded-for': '192.0.2.66, 198.51.100.1' }, '198.51.100.1'],
    [{ 'x-forwarded-for': '192.0.2.66, 198.51.100.1, 10.0.0.2, 127.0.0.1' }, '198.51.100.1'],
    [{ 'x-forwarded-for': '10.0.0.8, 10.0.0.2' }, '10.0.0.8'],
    [{ 'x-forwarded-for': '[2001:db8:1:2::9]:443' }, '2001:db8:1:2::/64'],
    [{ forwarded: 'for=192.0.2.66, for="[2001:db8:1:2::9]:443";proto=https;by=10.0.0.1' }, '2001:db8:1:2::/64'],
    [{ 'x-forwarded-for': 'unknown' }, undefined],
    [{ forwarded: 'for=_hidden' }, undefined],
  ])('with TRUST_PROXY, by %o: %s', (headers, expected) => {
    expect(addressOf('10.0.0.1', headers, true)).toBe(expected);
  });
});
