import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Sandbox } from '../../src/sandbox/index.js';
import { RedisServer } from '../redis.js';
import { Gateway, type Held } from './gateway.js';
import { distinct, HONEST, hostile, misbehave, newTally, Sender, sendSteadily, type Tally } from './loads.js';
import { type Part, partsOf, startUpstreams } from './upstreams.js';
import { Watchers } from './watchers.js';

// Honest load, hostile documents, slow and dying clients, outages and crashes of an instance, all at once. Two instances share
// Redis; the first one is never stopped, and must hold at the end what it held at the beginning.

const { values: args } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '500' },
    watchers: { type: 'string', default: '1000' },
    outage: { type: 'string' },
  },
});
const MINUTES = Number(args.minutes);
/** Honest operations per second, on both instances together. */
const RATE = Number(args.rate);
const SOCKETS = 20;
const PER_SOCKET = Math.ceil(Number(args.watchers) / SOCKETS);
/** How long each of four outages takes. */
const OUTAGE_MS = args.outage === undefined ? (MINUTES * 60_000) / 9 : Number(args.outage) * 1000;
/** Time before each of them, and after the last one. */
const BETWEEN_MS = Math.max(5_000, (MINUTES * 60_000 - 4 * OUTAGE_MS) / 5);
const CRASH_EVERY_MS = 45_000;
const CHANGED = ['tool-003', 'tool-004', 'tool-005'] as const;
const WATCH = { project: Buffer.from('Project:default/soak').toString('base64url') };

/** So many of `distinct` weigh more than the 64 MiB that the cache of documents keeps. */
const FILLING_DOCUMENTS = 600;

/** What the first instance may hold more at the end than after its warm-up. */
const ALLOWED: Partial<Held> = { heapMiB: 25, descriptors: 10, timers: 10, polls: 0, running: 0 };

interface Result {
  readonly name: string;
  readonly value: string;
  readonly isFine: boolean;
}

async function soak(): Promise<Result[]> {
  const sandbox = await startUpstreams();
  const redis = await RedisServer.start();
  const env = {
    INKEEP_URL: sandbox.inkeep.url,
    INKEEP_TENANT_ID: 'default',
    INKEEP_TOKEN: 'soak',
    KATAVEN_URL: sandbox.kataven.url,
    KATAVEN_TOKEN: 'sk_live_soak',
    KATAVEN_CALLS_PER_MINUTE: '0',
    ANONYMOUS_USES_TOKENS: 'true',
    REDIS_URL: redis.url,
    STATUS_INTERVAL_MS: '1000',
    MAX_SUBSCRIPTIONS_PER_CLIENT: '1000000',
  };
  const [steady, crashing] = [await Gateway.start(env), await Gateway.start(env)];
  try {
    await load(sandbox, steady, crashing, 20_000, []);
    await fillDocumentCache(steady);
    const before = await settled(steady);
    const results = await load(sandbox, steady, crashing, MINUTES * 60_000, partsOf(sandbox, redis));
    const after = await settled(steady, before);
    return [...results, ...compare(before, after)];
  } finally {
    await Promise.all([steady.stop(), crashing.stop()]);
    await redis.kill();
    await sandbox.close();
  }
}

/** Everything at once, for so long at least; the parts fail one after the other. */
async function load(
  sandbox: Sandbox,
  steady: Gateway,
  crashing: Gateway,
  ms: number,
  parts: readonly Part[],
): Promise<Result[]> {
  const end = new AbortController();
  const { signal } = end;
  const tallies = { honest: newTally(), hostile: newTally() };
  const senders = [new Sender(steady.url), new Sender(crashing.url)] as const;
  const crowd = new Watchers(steady.url, WATCH, { sockets: SOCKETS, perSocket: PER_SOCKET });
  const running = [
    sendSteadily(senders[0], HONEST, RATE / 2, tallies.honest, signal),
    sendSteadily(senders[1], HONEST, RATE / 2, newTally(), signal),
    sendHostile(senders[0], tallies.hostile, signal),
    misbehave(steady.url, signal),
    crashNowAndThen(crashing, signal),
    changeStatuses(sandbox, signal),
  ];
  const endsAt = Date.now() + ms;
  const outages: Result[] = [];
  for (const part of parts) outages.push(await outage(part, senders[0]));
  await sleep(Math.max(0, endsAt - Date.now()));
  end.abort();
  await Promise.all(running);
  const behind = await finalStatuses(sandbox, crowd);
  await crowd.leave();
  await Promise.all(senders.map((sender) => sender.close()));
  const { repeated, lost, ended } = crowd.mistakes;
  return [
    ...outages,
    tallied('honest operations', tallies.honest),
    tallied('hostile documents', tallies.hostile),
    result('events to watchers', String(crowd.events), crowd.events > 0),
    result('told twice', String(repeated), repeated === 0),
    result('a change that was not told', String(lost), lost === 0),
    result('subscriptions that ended', String(ended), ended === 0),
    result('watchers with an old status at the end', String(behind), behind === 0),
  ];
}

/** Resolves with the time from recovery to the first good answer to everything. */
async function outage({ name, fail, recover }: Part, sender: Sender): Promise<Result> {
  await sleep(BETWEEN_MS);
  await fail();
  await sleep(OUTAGE_MS);
  await recover();
  const recoveredAt = performance.now();
  for (const body of HONEST) while (!(await sender.send(body, newTally()))) await sleep(20);
  const seconds = (performance.now() - recoveredAt) / 1000;
  return result(
    `first good answers after ${Math.round(OUTAGE_MS / 1000)} s without ${name}`,
    `${seconds.toFixed(1)} s`,
    seconds < 2,
  );
}

async function sendHostile(sender: Sender, tally: Tally, signal: AbortSignal): Promise<void> {
  for (let n = 0; !signal.aborted; n++) {
    await sender.send(hostile(n), tally);
    await sleep(20);
  }
}

/** The cache of documents has a limit, which hostile documents reach after a few minutes. Full before, it does not look like a leak. */
async function fillDocumentCache(gateway: Gateway): Promise<void> {
  const sender = new Sender(gateway.url);
  for (let n = 0; n < FILLING_DOCUMENTS; n++) await sender.send(distinct(n), newTally());
  await sender.close();
}

async function crashNowAndThen(gateway: Gateway, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(CRASH_EVERY_MS, undefined, { signal }).catch(() => {});
    if (!signal.aborted) await gateway.crash();
  }
}

async function changeStatuses({ inkeep }: Sandbox, signal: AbortSignal): Promise<void> {
  for (let n = 0; !signal.aborted; n++) {
    const mode = n % 2 === 0 ? 'needs_auth' : 'healthy';
    inkeep.setMcp(CHANGED[n % CHANGED.length] as string, { mode });
    await sleep(2_000);
  }
}

/** Gives the watched tools a last status. Resolves with how many watchers do not have it after a while. */
async function finalStatuses({ inkeep }: Sandbox, crowd: Watchers): Promise<number> {
  for (const id of CHANGED) inkeep.setMcp(id, { mode: 'reset' });
  const count = () => CHANGED.reduce((sum, id) => sum + crowd.behind(id, 'UNAVAILABLE'), 0);
  for (let waited = 0; waited < 30_000 && count() > 0; waited += 500) await sleep(500);
  const behind = count();
  for (const id of CHANGED) inkeep.setMcp(id, { mode: 'healthy' });
  return behind;
}

/** What the gateway holds once nothing runs any more, or after a minute. */
async function settled(gateway: Gateway, before?: Held): Promise<Held> {
  for (let waited = 0; ; waited += 5) {
    await sleep(5_000);
    const held = await gateway.held();
    if (waited >= 60 || (waited >= 20 && compare(before ?? held, held).every(({ isFine }) => isFine))) return held;
  }
}

function compare(before: Held, after: Held): Result[] {
  return Object.entries(before).map(([name, value]) => {
    const now = after[name as keyof Held];
    const allowed = ALLOWED[name as keyof Held] ?? Number.POSITIVE_INFINITY;
    return result(name, `${Math.round(value)} → ${Math.round(now)}`, now - value <= allowed);
  });
}

function tallied(name: string, { good, errors, broken, slowestMs }: Tally): Result {
  const text = `${good} good, ${errors} with errors, ${broken} broken, slowest ${Math.round(slowestMs)} ms`;
  return result(name, text, broken === 0 && good + errors > 0);
}

function result(name: string, value: string, isFine: boolean): Result {
  return { name, value, isFine };
}

const results = await soak();
for (const { name, value, isFine } of results) console.log(isFine ? 'ok    ' : 'WRONG ', name.padEnd(52), value);
process.exitCode = results.every(({ isFine }) => isFine) ? 0 : 1;
