import { type InkeepSandbox, startInkeep } from './inkeep/index.js';
import { type KatavenSandbox, startKataven } from './kataven/index.js';
import { seedInkeepStory } from './story/inkeep.js';
import { seedKatavenStory } from './story/kataven.js';

/** The options of the sandbox. Times are in milliseconds. */
export interface SandboxOptions {
  /** Default 0: a free port. */
  readonly inkeepPort?: number;
  readonly katavenPort?: number;
  /** The duration of a probe of an MCP server (default 120). */
  readonly discoveryMs?: number;
  /** How often a flapping MCP server changes its status (default 3000; 0: never). */
  readonly flipMs?: number;
  /** The timeout of a probe of a hanging MCP server (default 10 000, as upstream). */
  readonly hangMs?: number;
  /** How many Inkeep requests are processed at a time (default 100, as upstream); the others wait. */
  readonly inkeepConnections?: number;
  /** How long they wait before they fail with a 500 (default 10 000, as upstream). */
  readonly inkeepConnectionWaitMs?: number;
  /** The methods by which tools and relations are updated (default: both). The newest API may lose PUT, and an old one lacks PATCH. */
  readonly inkeepUpdateMethods?: readonly ('PUT' | 'PATCH')[];
  /** Kataven requests per minute and account (default 0: no limit; the real API allows 60). */
  readonly katavenPerMinute?: number;
  /** Concurrent Kataven requests per account (default 20, as upstream). */
  readonly katavenInFlight?: number;
  /** Default true: the sample data; false: start empty. */
  readonly story?: boolean;
}

export interface Sandbox {
  readonly inkeep: InkeepSandbox;
  readonly kataven: KatavenSandbox;
  /** Closes both servers and their open sockets. */
  close(): Promise<void>;
}

/** Starts both upstreams on loopback. Rejects if a given port is in use. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const inkeep = await startInkeep({
    port: options.inkeepPort ?? 0,
    discoveryMs: options.discoveryMs ?? 120,
    flipMs: options.flipMs ?? 3000,
    hangMs: options.hangMs ?? 10_000,
    connections: options.inkeepConnections ?? 100,
    connectionWaitMs: options.inkeepConnectionWaitMs ?? 10_000,
    updateMethods: options.inkeepUpdateMethods ?? ['PUT', 'PATCH'],
  });
  const kataven = await startKataven({
    port: options.katavenPort ?? 0,
    perMinute: options.katavenPerMinute ?? 0,
    inFlight: options.katavenInFlight ?? 20,
  }).catch(async (error: unknown) => {
    await inkeep.close();
    throw error;
  });
  if (options.story ?? true) {
    seedInkeepStory(inkeep.sandbox);
    seedKatavenStory(kataven.sandbox);
  }
  return {
    inkeep: inkeep.sandbox,
    kataven: kataven.sandbox,
    close: async () => {
      await Promise.all([inkeep.close(), kataven.close()]);
    },
  };
}
