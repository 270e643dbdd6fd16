import { expect, test } from 'vitest';
import { PREFIXES, UPSTREAM_NAMES, UPSTREAM_SETTINGS } from '../../src/config/upstreams.js';
import { SERVICES, UPSTREAMS } from '../../src/upstream/definitions.js';

test('each upstream has an entry of settings with its prefix, in the same order', () => {
  expect(UPSTREAM_NAMES).toEqual(SERVICES);
  expect(PREFIXES).toEqual(SERVICES.map((service) => UPSTREAMS[service].prefix));
});

test.each(SERVICES)('each setting of %s begins with its prefix, and a URL and a token are among them', (service) => {
  const { prefix } = UPSTREAMS[service];
  const names = Object.keys(UPSTREAM_SETTINGS[service].table);
  expect(names.filter((name) => !name.startsWith(`${prefix}_`))).toEqual([]);
  expect(names).toEqual(expect.arrayContaining([`${prefix}_URL`, `${prefix}_TOKEN`]));
  expect(UPSTREAM_SETTINGS[service].credential[0]).toBe(`${prefix}_TOKEN`);
});
