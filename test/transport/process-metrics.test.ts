import { expect, test } from 'vitest';
import { VERSION } from '../../src/version.js';
import { startGateway } from '../support/gateway.js';

async function metricsOf(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return new Map([...text.matchAll(/^(\w+(?:\{.*\})?) (\S+)$/gm)].map(([, name = '', value]) => [name, Number(value)]));
}

test('/metrics has heap, CPU and event loop lag of the process', async () => {
  const { url } = await startGateway();
  const metrics = await metricsOf(url);
  expect(metrics.get('nodejs_heap_size_used_bytes')).toBeGreaterThan(1_000_000);
  expect(metrics.get('process_cpu_seconds_total')).toBeGreaterThan(0);
  expect(metrics.get('process_resident_memory_bytes')).toBeGreaterThan(1_000_000);
  expect(metrics.has('nodejs_eventloop_lag_p99_seconds')).toBe(true);
});

test('/metrics says which build of the gateway runs on which Node', async () => {
  const { url } = await startGateway();
  const name = `gateway_build_info{version="${VERSION}",node="${process.versions.node}"}`;
  expect((await metricsOf(url)).get(name)).toBe(1);
});

test('two gateways in one process both have the metrics of the process, and their own operations', async () => {
  const [first, second] = [await startGateway(), await startGateway()];
  await first.query('{ __typename }');
  const operations = 'gateway_graphql_operations_total{type="query",outcome="ok"}';
  const [ofFirst, ofSecond] = [await metricsOf(first.url), await metricsOf(second.url)];
  expect(ofFirst.get(operations)).toBe(1);
  expect(ofSecond.has(operations)).toBe(false);
  expect([ofFirst, ofSecond].every((metrics) => metrics.has('process_start_time_seconds'))).toBe(true);
});
