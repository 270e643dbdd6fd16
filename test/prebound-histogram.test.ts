import { Histogram, Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { PreboundHistogram } from '../src/prebound-histogram.js';

test('is shown like a histogram of prom-client with the same values', async () => {
  const options = { name: 'duration_seconds', help: 'Help.', labelNames: ['route', 'status'], buckets: [0.1, 1, 5] };
  const ours = new Registry();
  const theirs = new Registry();
  const prebound = new PreboundHistogram({ ...options, registry: ours });
  const plain = new Histogram({ ...options, registers: [theirs] });
  for (const value of [0, 0.1, 0.11, 1, 4.9, 5, 7, 100]) {
    prebound.series('/graphql', '200').observe(value);
    plain.observe({ route: '/graphql', status: '200' }, value);
  }
  prebound.series('/other', '404').observe(2);
  plain.observe({ route: '/other', status: '404' }, 2);
  expect(await ours.metrics()).toBe(await theirs.metrics());
});
