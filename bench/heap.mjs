// Loaded into a gateway that runs with --expose-gc: tells what is on its heap, to the process that started it.
import { setTimeout as sleep } from 'node:timers/promises';

process.on('message', async (request) => {
  if (request !== 'memory') return;
  // What ends with a tick or a timer is let go of first.
  for (let round = 0; round < 3; round++) {
    await sleep(100);
    globalThis.gc?.();
  }
  process.send?.(process.memoryUsage());
});
process.once('disconnect', () => process.exit(0));
