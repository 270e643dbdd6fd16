import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { onTestFinished as onAnyTestFinished, type TestContext } from 'vitest';
import type { TypedDocumentString } from '../../schema/generated/graphql.js';
import { type Config, type Environment, loadConfig } from '../../src/config/load-config.js';
import { createGateway } from '../../src/gateway.js';
import { UPSTREAM_LIMITS, type UpstreamLimits } from '../../src/limits.js';
import { createLogger, type Logger } from '../../src/log.js';
import { addressOf } from '../../src/sandbox/address.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';
import type { StatusLimits } from '../../src/status/limits.js';
import type { Tracing } from '../../src/tracing.js';
import type { TransportOptions } from '../../src/transport/server.js';
import type { UpstreamReport } from '../../src/upstream/operation.js';

export interface Answer<Data> extends Omit<ExecutionResult<Data>, 'extensions'> {
  readonly extensions: { readonly upstream: UpstreamReport };
}

export interface TestGateway {
  readonly url: string;
  readonly sandbox: Sandbox;
  /** Sends an operation over HTTP and gives the parsed answer. */
  query<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables?: Variables,
    headers?: Record<string, string>,
  ): Promise<Answer<Data>>;
  // biome-ignore lint/suspicious/noExplicitAny: a document that is text has no type
  query(document: string, variables?: object, headers?: Record<string, string>): Promise<Answer<any>>;
  /** What reached the Inkeep upstream since `forget`, as `operation → count`. */
  calls(): Record<string, number>;
  forget(): void;
  /** Shuts it down, as SIGTERM does. It is closed in any case when the test ends. */
  close(): Promise<void>;
}

export interface GatewayOptions extends Partial<Pick<TestContext, 'onTestFinished'>> {
  readonly log?: Logger | undefined;
  /** Replaces settings that the environment may not set, such as an interval that is too short for an upstream. */
  readonly config?: Partial<Config>;
  readonly limits?: {
    readonly status?: StatusLimits;
    readonly upstream?: Partial<UpstreamLimits>;
    readonly transport?: TransportOptions<object>['limits'];
  };
  readonly plugins?: readonly Plugin[];
  readonly tracing?: Tracing | undefined;
}

/** The times of calls that probe. In production they have this order as well, and are ten to twenty times as long. */
interface ProbeTimes {
  readonly patienceMs: number;
  readonly wholePagePatienceMs: number;
  readonly probeDeadlineMs: number;
  readonly operationDeadlineMs: number;
}

/** Limits of upstream calls in which only these times differ from the usual ones. */
export function limitsWith({ patienceMs, wholePagePatienceMs, ...deadlines }: ProbeTimes): Partial<UpstreamLimits> {
  return { ...deadlines, reads: { ...UPSTREAM_LIMITS.reads, patienceMs, wholePagePatienceMs } };
}

/**
 * The real gateway before the sandbox, both on free ports, closed when the test ends. `env` adds settings. Concurrent tests
 * bring the `onTestFinished` of their context.
 */
export async function startGateway(
  options: SandboxOptions = {},
  env: Environment = {},
  {
    log,
    config: overrides,
    limits = {},
    plugins = [],
    tracing,
    onTestFinished = onAnyTestFinished,
  }: GatewayOptions = {},
): Promise<TestGateway> {
  const sandbox = await startSandbox({ discoveryMs: 5, flipMs: 0, ...options });
  onTestFinished(() => sandbox.close());
  const config: Config = { ...loadConfig({ LOG_LEVEL: 'silent', SANDBOX: 'true', ...env }), ...overrides };
  const gateway = createGateway(
    config,
    log ?? createLogger(config.logLevel),
    config.sandbox ? addressOf(sandbox) : undefined,
    {
      plugins,
      ...(tracing && { tracing }),
      limits: {
        ...limits,
        upstream: { ...UPSTREAM_LIMITS, ...limits.upstream },
        transport: { ...limits.transport, http: { closeIdleMs: 0, ...limits.transport?.http } },
      },
    },
  );
  onTestFinished(() => gateway.close());
  const { url } = await gateway.listen('127.0.0.1', 0);
  return {
    url,
    sandbox,
    query: async (document: { toString(): string }, variables: unknown = {}, headers: Record<string, string> = {}) => {
      const response = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query: document.toString(), variables }),
      });
      return response.json();
    },
    calls() {
      const counts: Record<string, number> = {};
      for (const { operation } of sandbox.inkeep.requests) counts[operation] = (counts[operation] ?? 0) + 1;
      return counts;
    },
    forget: () => sandbox.inkeep.reset(),
    close: () => gateway.close(),
  };
}
