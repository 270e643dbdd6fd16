#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { runDoctor } from './cli/doctor/doctor.js';
import { describeListenProblem } from './cli/listen-problem.js';
import { type Config, ConfigError, loadConfig, type ProxyServer, SETTINGS } from './config/load-config.js';
import { createGateway } from './gateway.js';
import { decodeNodeId, keyOfParts } from './graph/core/node-id.js';
import { schema } from './graph/index.js';
import { createLogger, type Logger } from './log.js';
import { addressOf } from './sandbox/address.js';
import { type Sandbox, startSandbox } from './sandbox/index.js';
import { VERSION } from './version.js';

const USAGE = `Usage: gateway [command]

  serve        listen and answer (default); without settings, on embedded sandbox upstreams
  doctor       check the settings, both upstreams and Redis, and say what to fix
  schema       print the GraphQL schema
  id <id>      show what a global id stands for

  -h, --help     show this
  -v, --version  show the version
`;

/** Something the operator has to mend; the message says what. Exit code 2: the command line itself. */
class CommandError extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Runs a command line. Gives the exit code; undefined while a server goes on running. */
async function main(argv: readonly string[]): Promise<number | undefined> {
  const { values, positionals } = readArguments(argv);
  if (values.help) return print(help());
  if (values.version) return print(VERSION);
  const [command = 'serve', ...rest] = positionals;
  const operands = command === 'id' ? 1 : 0;
  if (rest.length > operands) throw wrongUsage(`"${command}" does not take "${rest[operands]}".`);
  switch (command) {
    case 'serve':
      return serve();
    case 'doctor':
      return runDoctor(process.env, print);
    case 'schema':
      return print(printSchema(lexicographicSortSchema(schema)));
    case 'id':
      return showId(rest[0]);
    default:
      throw wrongUsage(`There is no command "${command}".`);
  }
}

function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: { help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
      allowPositionals: true,
    });
  } catch (error) {
    // The first sentence names the option; the others are about escaping it.
    throw wrongUsage(String((error as Error).message).replace(/\. .*/s, '.'));
  }
}

async function serve(): Promise<undefined> {
  const config = loadConfig(process.env);
  const log = createLogger(config.logLevel);
  for (const warning of config.warnings) log.warn(warning);
  const sandbox = config.sandbox ? await startSandbox() : undefined;
  const gateway = createGateway(config, log, sandbox && addressOf(sandbox));
  const close = async (): Promise<void> => {
    await gateway.close();
    await sandbox?.close();
  };
  closeOnSignals(close, log);
  const { url } = await gateway.listen(config.host, config.port).catch(async (error: unknown) => {
    await close();
    const problem = describeListenProblem(error, config);
    throw problem === undefined ? error : new CommandError(problem, 1);
  });
  print(banner(url, config, sandbox));
}

/** Answers in flight are finished first: see `Gateway.close`. */
function closeOnSignals(close: () => Promise<void>, log: Logger): void {
  let closing = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    // Under npm one Ctrl-C comes twice. Nobody waits for ever: closing takes 10 s at the most.
    if (closing) return;
    closing = true;
    log.info({ signal }, 'shutting down');
    await close();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** What is served where, and on what. No secret is in it: of tokens, only whether they are used. */
function banner(url: string, config: Config, sandbox: Sandbox | undefined): string {
  const anonymous = config.anonymousUsesTokens ? 'callers without a credential act as' : undefined;
  const lines = [
    ...(sandbox ? ['SANDBOX: both upstreams are embedded, with sample data. Nothing here is real.'] : []),
    `agent-tools-gateway ${VERSION}, Node ${process.versions.node}`,
    '',
    `GraphQL  ${url}/graphql${config.graphiql ? '  (open it in a browser to explore)' : ''}`,
    ...(config.publicUrl === undefined ? [] : [`Public   ${config.publicUrl}/graphql`]),
    `Status   ${url}/health  ${url}/ready  ${url}/metrics`,
    ...(config.introspection ? [`Schema   ${url}/schema.graphql`] : []),
    `Inkeep   ${upstreamLine('INKEEP', sandbox?.inkeep ?? config.inkeep, anonymous)}`,
    `Kataven  ${upstreamLine('KATAVEN', sandbox?.kataven ?? config.kataven, anonymous)}`,
    ...(sandbox ? [controlLine(sandbox)] : []),
    `Browsers ${config.corsOrigins.length > 0 ? config.corsOrigins.join(', ') : 'no pages of other origins (CORS_ORIGINS)'}`,
    `Limits   ${config.maxUpstreamCalls} upstream calls an operation; Inkeep: ${config.inkeepMaxCalls} calls and ${config.inkeepMaxProbes} probing ones at a time`,
  ];
  return lines.join('\n');
}

function upstreamLine(name: 'INKEEP' | 'KATAVEN', upstream: Config['inkeep'], anonymous: string | undefined): string {
  if (!upstream) return `not configured (${name}_URL)`;
  return [
    upstream.url,
    ...(upstream.proxy ? [proxyPart(upstream.proxy)] : []),
    ...(upstream.tenantId === undefined ? [] : [`tenant ${upstream.tenantId}`]),
    ...(anonymous && upstream.token !== undefined ? [`${anonymous} ${name}_TOKEN`] : []),
  ].join('; ');
}

/** Of the proxy's credentials, only whether there are any. */
function proxyPart({ variable, url, authorization }: ProxyServer): string {
  return `proxy ${url} (${variable}${authorization === undefined ? '' : ', with credentials'})`;
}

/** Where the sandbox shows what it was asked, and is told to be slow or to fail. */
function controlLine({ inkeep, kataven }: Sandbox): string {
  const stats = [inkeep, kataven].map(({ url }) => new URL('/__stats', url));
  return `Control  ${stats.join('  ')}  (and POST /__reset, /__latency, /__fault)`;
}

function showId(id: string | undefined): number {
  if (id === undefined) throw wrongUsage('"id" needs a global id.');
  const decoded = decodeNodeId(id);
  if (!decoded) throw new CommandError(`"${id}" is not a global id of this gateway: take one from an "id" field.`, 1);
  return print(JSON.stringify({ type: decoded.type, ...keyOfParts(decoded.type, decoded.parts) }, null, 2));
}

function help(): string {
  const width = Math.max(...SETTINGS.map(({ name }) => name.length));
  const lines = SETTINGS.map(({ name, default: value, meaning }) => {
    const shown = value === '-' ? '' : ` (default ${value})`;
    return `  ${name.padEnd(width)}  ${meaning}${shown}`;
  });
  return `${USAGE}\nSettings are environment variables:\n${lines.join('\n')}`;
}

function wrongUsage(problem: string): CommandError {
  return new CommandError(`${problem}\n\n${USAGE}`, 2);
}

function print(text: string): number {
  console.log(text);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isForOperator = error instanceof ConfigError || error instanceof CommandError;
  console.error(isForOperator ? error.message : error);
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
}
