import { type Deep, LATENCY_MS, measureDeep } from './deep.js';
import { measureStart, type Start } from './start.js';
import { measureThroughput, type Throughput } from './throughput.js';

const AIM_COLD_MS = 350;
const AIM_WARM_MS = 150;
const AIM_START_MS = 600;

function printDeep({ cold, warm, byLevel, linkByLink }: Deep): void {
  console.log(`\nAgent -> 50 sub-agents -> 250 relations -> tools, ${LATENCY_MS} ms on every upstream call`);
  row('', 'ms', 'calls', '');
  row('one by one', linkByLink.ms.toFixed(0), linkByLink.calls, '');
  row('level by level', byLevel.ms.toFixed(0), byLevel.calls, '');
  row('gateway, first query', cold.ms.toFixed(0), cold.calls, aim(cold.ms, AIM_COLD_MS));
  row('gateway, warm', warm.ms.toFixed(0), warm.calls, aim(warm.ms, AIM_WARM_MS));
}

function printThroughput({ proxy, gateway, memory }: Throughput): void {
  console.log('\nOne tool by id, 32 clients');
  row('', 'answers/s', 'median ms', 'cpu us');
  for (const [name, round] of [['bare proxy', proxy] as const, ['gateway', gateway] as const]) {
    row(name, round.perSecond.toFixed(0), round.medianMs.toFixed(1), round.cpuMicroseconds.toFixed(0));
  }
  row('gateway / proxy', (gateway.perSecond / proxy.perSecond).toFixed(2), '', '');
  console.log('\nMemory of the gateway, MiB resident');
  row('started', memory.started.toFixed(0), '', '');
  row('after the load', memory.loaded.toFixed(0), '', '');
}

function printStart({ bare, upstream, sandbox }: Start): void {
  console.log('\nFrom the start of the process to the first answer');
  row('', 'ms', '');
  row('bare node:http server', bare.toFixed(0), '');
  row('gateway', upstream.toFixed(0), aim(upstream, AIM_START_MS));
  row('gateway with sandbox', sandbox.toFixed(0), '');
}

function aim(ms: number, under: number): string {
  return `aim: under ${under} ms, ${ms < under ? 'met' : 'missed'}`;
}

function row(name: string, ...cells: readonly (string | number)[]): void {
  console.log(name.padEnd(22), ...cells.map((cell) => String(cell).padStart(10)));
}

printDeep(await measureDeep());
printThroughput(await measureThroughput());
printStart(await measureStart());
