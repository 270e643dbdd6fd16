import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { VERSION } from './version.js';

let shared: Registry | undefined;

/**
 * A new registry that has the metrics of this process: `process_*` and `nodejs_*` (CPU, memory and heap, event loop lag, garbage
 * collection) as prom-client collects them, and `gateway_build_info`. They are collected once, whatever the number of registries:
 * each collector keeps a timer or an observer for as long as the process lives.
 */
export function createProcessRegistry(): Registry {
  shared ??= collectOnce();
  return Registry.merge([shared]);
}

function collectOnce(): Registry {
  const register = new Registry();
  collectDefaultMetrics({ register });
  const build = new Gauge({
    name: 'gateway_build_info',
    help: 'Always 1; the labels have the version of the gateway and of Node.',
    labelNames: ['version', 'node'],
    registers: [register],
  });
  build.set({ version: VERSION, node: process.versions.node }, 1);
  return register;
}
