import { setFlagsFromString } from 'node:v8';
import { effectiveSettings } from '../config/effective.js';
import type { Config, Environment } from '../config/load-config.js';
import { createGateway, type Gateway, type SandboxAddress } from '../gateway.js';
import { type Log, type Logger, openLog } from '../log.js';
import { registeredTracing, type Tracing } from '../tracing.js';
import { PersistedOperationsError } from '../transport/execution/documents/manifest.js';
import { VERSION } from '../version.js';
import { banner } from './banner.js';
import { CommandError } from './command-error.js';
import { describeListenProblem } from './listen-problem.js';
import { readConfig } from './read-config.js';

/** Time for the last spans to reach the collector when the gateway stops. */
const FLUSH_MS = 2_000;

/** Time for the last lines of the log to be read when the gateway stops. */
const LAST_LINES_MS = 1_000;

/**
 * Starts the gateway, on the embedded sandbox if the configuration asks for it, and prints the banner once it listens.
 * SIGTERM and SIGINT close it. Rejects with a CommandError if the settings or the address cannot be used.
 */
export async function serve(env: Environment, print: (text: string) => void): Promise<void> {
  const config = readConfig(env);
  // Where memory is plentiful, V8 lets garbage grow to a multiple of what lives before it collects: decision 38.
  setFlagsFromString('--heap-growing-percent=100');
  const output = openLog(config.logLevel);
  const { log } = output;
  for (const warning of config.warnings) log.warn(warning);
  const sandbox = config.sandbox ? await startEmbeddedSandbox() : undefined;
  const tracing = registeredTracing();
  const gateway = await build(config, log, tracing, sandbox);
  const close = async (): Promise<void> => {
    await gateway.close();
    await tracing.flush(FLUSH_MS);
    await sandbox?.close();
  };
  closeOnSignals(close, output);
  const { url } = await gateway.listen(config.host, config.port).catch(async (error: unknown) => {
    await close();
    const problem = describeListenProblem(error, config);
    throw problem === undefined ? error : new CommandError(problem, 1);
  });
  log.info({ version: VERSION, url, sandbox: config.sandbox }, 'listening');
  print(banner(url, config, effectiveSettings(env, config), sandbox?.address));
}

async function build(
  config: Config,
  log: Logger,
  tracing: Tracing,
  sandbox: EmbeddedSandbox | undefined,
): Promise<Gateway> {
  try {
    return createGateway(config, log, sandbox?.address, { tracing });
  } catch (error) {
    await sandbox?.close();
    if (!(error instanceof PersistedOperationsError)) throw error;
    throw new CommandError(`The gateway cannot start: PERSISTED_OPERATIONS cannot be used. ${error.message}`, 1);
  }
}

interface EmbeddedSandbox {
  readonly address: SandboxAddress;
  close(): Promise<void>;
}

/** The import is dynamic because a gateway on real upstreams needs neither the sandbox nor hono. */
async function startEmbeddedSandbox(): Promise<EmbeddedSandbox> {
  const [{ startSandbox }, { addressOf }] = await Promise.all([
    import('../sandbox/index.js'),
    import('../sandbox/address.js'),
  ]);
  const sandbox = await startSandbox();
  return { address: addressOf(sandbox), close: () => sandbox.close() };
}

/** Closes once, on the first signal: npm forwards Ctrl-C, so the process receives it twice. Closing takes at most 10 s. */
function closeOnSignals(close: () => Promise<void>, output: Log): void {
  let closing = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (closing) return;
    closing = true;
    output.log.info({ signal }, 'shutting down');
    await close();
    await output.close(LAST_LINES_MS);
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}
