import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../src/config.js';
import { createGateway } from '../src/gateway.js';
import { createLogger } from '../src/log.js';

// The gateway in a process of its own, which tells what it has on its heap. Run with --expose-gc.
const config = loadConfig(process.env);
const { url } = await createGateway(config, createLogger(config.logLevel)).listen('127.0.0.1', 0);

process.on('message', async () => {
  // What ends with a tick or a timer is let go of first.
  for (let round = 0; round < 3; round++) {
    await sleep(100);
    globalThis.gc?.();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send?.({ heapUsed, external, rss });
});
process.once('disconnect', () => process.exit(0));
process.send?.({ url });
