import type { VirtualTime } from '../../test/support/virtual-time.js';
import { FakeRedis } from './fake-redis.js';
import { FakeUpstream } from './fake-upstream.js';
import { callerOf, Instance, type Settings } from './instance.js';
import { Recording } from './recording.js';

export interface Scenario extends Settings {
  readonly people: number;
  readonly instances: number;
  readonly agents: number;
  readonly toolsPerAgent: number;
  /** Probes that the upstream makes in a second. */
  readonly upstreamProbes: number;
  readonly seconds: number;
  /** Seconds in which everyone comes. */
  readonly rampSeconds: number;
  /** How long a person stays, on average. */
  readonly staySeconds: number;
  /** Statuses that change in a second. */
  readonly changesPerSecond: number;
  /** Seconds at which instances die. Each starts again 30 s later. */
  readonly deathsAt: readonly number[];
}

interface Person {
  readonly agent: number;
  readonly instance: number;
  leave(): void;
}

const RESTART_MS = 30_000;
/** Clients reconnect after 0.5 to 1 s. */
const RECONNECT_MS = 500;
const STEP_MS = 100;

/**
 * People who watch agents through instances of the gateway: the code of live status itself, with time, the upstream and Redis
 * replaced.
 */
export class Simulation {
  readonly recording = new Recording();
  readonly #time: VirtualTime;
  readonly #scenario: Scenario;
  readonly #redis: FakeRedis;
  readonly #upstream: FakeUpstream;
  readonly #service = callerOf('service');
  readonly #instances: (Instance | undefined)[];
  readonly #people: Person[] = [];
  #tokens = 0;
  /** People whose instance has died, and who have not reconnected yet. */
  #absent = 0;

  constructor(time: VirtualTime, scenario: Scenario) {
    this.#time = time;
    this.#scenario = scenario;
    const { agents, toolsPerAgent, upstreamProbes, instances } = scenario;
    this.#redis = new FakeRedis(this.recording);
    this.#upstream = new FakeUpstream({
      agents,
      toolsPerAgent,
      maxProbes: upstreamProbes,
      recording: this.recording,
      service: this.#service,
    });
    this.#instances = Array.from({ length: instances }, () => this.#start());
  }

  /** Runs all seconds of the scenario. `onSecond` is called after each. */
  async run(onSecond: (second: number) => void = () => {}): Promise<void> {
    const { seconds, deathsAt, instances } = this.#scenario;
    const startedAt = this.#time.now;
    for (let second = 0; second < seconds; second++) {
      if (deathsAt.includes(second)) this.#kill(deathsAt.indexOf(second) % instances);
      for (let step = 0; step < 1_000 / STEP_MS; step++) {
        this.#comeAndGo(this.#time.now - startedAt);
        this.#change();
        await this.#time.advance(STEP_MS);
      }
      this.recording.add('people', this.#time.now - 1, this.#people.length);
      onSecond(second);
    }
    while (this.#people.length > 0) this.#people.pop()?.leave();
    for (const instance of this.#instances) instance?.die();
    await this.#time.advance(RESTART_MS);
  }

  #start(): Instance {
    return new Instance(this.#upstream, this.#redis, this.#scenario, this.#service);
  }

  #comeAndGo(elapsedMs: number): void {
    const { people, rampSeconds, staySeconds } = this.#scenario;
    const wanted = Math.min(1, (elapsedMs + STEP_MS) / (rampSeconds * 1_000)) * people;
    const leaving = poisson((this.#people.length * STEP_MS) / (staySeconds * 1_000));
    for (let n = 0; n < leaving; n++) {
      const index = Math.floor(Math.random() * this.#people.length);
      const person = this.#people[index];
      const last = this.#people.pop();
      if (last && index < this.#people.length) this.#people[index] = last;
      person?.leave();
    }
    while (this.#people.length + this.#absent < wanted) this.#come(Math.floor(Math.random() * this.#scenario.agents));
  }

  /** A person comes to a random instance, as behind a load balancer. */
  #come(agent: number): void {
    const alive = [...this.#instances.keys()].filter((index) => this.#instances[index]);
    const index = alive[Math.floor(Math.random() * alive.length)] ?? 0;
    this.#tokens += 1;
    const mailbox = this.#instances[index]?.watch(callerOf(`person-${this.#tokens}`), agent);
    if (!mailbox) return;
    this.#people.push({ agent, instance: index, leave: () => void mailbox.return?.() });
    void this.#follow(mailbox);
  }

  async #follow(mailbox: ReturnType<Instance['watch']>): Promise<void> {
    for await (const { observation, previousStatus } of mailbox) {
      const now = this.#time.now;
      this.recording.add('events', now);
      const changedAt = this.#upstream.changedAt(observation.tool.toolId);
      const isChange = previousStatus !== null && previousStatus !== observation.status;
      if (isChange && changedAt !== undefined) this.recording.received(changedAt, now);
    }
  }

  #change(): void {
    const { changesPerSecond, agents, intervalMs } = this.#scenario;
    const changes = poisson((changesPerSecond * STEP_MS) / 1_000);
    for (let n = 0; n < changes; n++) this.#upstream.change(Math.floor(Math.random() * agents), 12 * intervalMs);
  }

  /** An instance dies. Its people reconnect to others, and it starts again. */
  #kill(index: number): void {
    this.#instances[index]?.die();
    this.#instances[index] = undefined;
    const people = this.#people.filter(({ instance }) => instance === index);
    const others = this.#people.filter(({ instance }) => instance !== index);
    this.#people.splice(0, this.#people.length, ...others);
    for (const person of people) {
      person.leave();
      this.#absent += 1;
      setTimeout(
        () => {
          this.#absent -= 1;
          this.#come(person.agent);
        },
        RECONNECT_MS * (1 + Math.random()),
      );
    }
    setTimeout(() => {
      this.#instances[index] = this.#start();
    }, RESTART_MS);
  }
}

/** A random number of independent events of which there are so many on average. */
function poisson(mean: number): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
  let count = 0;
  for (let product = Math.random(); product > Math.exp(-mean); product *= Math.random()) count += 1;
  return count;
}

function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}
