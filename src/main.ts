#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { ConfigError, loadConfig, SETTINGS } from './config.js';
import { runDoctor } from './doctor.js';
import { createGateway } from './gateway.js';
import { schema } from './graph/index.js';
import { decodeNodeId, keyOfParts } from './graph/node-id.js';
import { createLogger } from './log.js';
import { addressOf } from './sandbox/address.js';
import { startSandbox } from './sandbox/index.js';

const COMMANDS = `Usage: gateway [command]

  serve        listen and answer (default); without settings, on embedded sandbox upstreams
  doctor       check the settings and both upstreams, and say what to mend
  schema       print the GraphQL schema
  id <id>      show what a global id stands for

Settings are environment variables:
`;

/** Runs a command line. Gives the exit code; undefined while a server goes on running. */
async function main(argv: readonly string[]): Promise<number | undefined> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help) return print(help());
  const [command = 'serve', ...rest] = positionals;
  switch (command) {
    case 'serve':
      return serve();
    case 'doctor':
      return runDoctor(loadConfig(process.env), print);
    case 'schema':
      return print(printSchema(lexicographicSortSchema(schema)));
    case 'id':
      return showId(rest[0]);
    default:
      console.error(`There is no command "${command}".\n\n${help()}`);
      return 2;
  }
}

async function serve(): Promise<undefined> {
  const config = loadConfig(process.env);
  const log = createLogger(config.logLevel);
  for (const warning of config.warnings) log.warn(warning);
  const sandbox = config.sandbox ? await startSandbox() : undefined;
  if (sandbox) print('SANDBOX: both upstreams are embedded, with sample data. Nothing here is real.');
  const gateway = createGateway(config, log, sandbox && addressOf(sandbox));
  const { url } = await gateway.listen(config.host, config.port);
  print(`GraphQL  ${url}/graphql${config.graphiql ? '  (open it in a browser to explore)' : ''}`);
  if (sandbox) print(`Inkeep   ${sandbox.inkeep.url}  Kataven  ${sandbox.kataven.url}`);

  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    log.info({ signal }, 'shutting down');
    await gateway.close();
    await sandbox?.close();
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function showId(id: string | undefined): number {
  const decoded = id === undefined ? undefined : decodeNodeId(id);
  if (!decoded) {
    console.error(id === undefined ? 'Give a global id: gateway id <id>' : 'This is not a global id of this gateway.');
    return 1;
  }
  return print(JSON.stringify({ type: decoded.type, ...keyOfParts(decoded.type, decoded.parts) }, null, 2));
}

function help(): string {
  const width = Math.max(...SETTINGS.map(({ name }) => name.length));
  const lines = SETTINGS.map(({ name, default: value, meaning }) => {
    const shown = value === '-' ? '' : ` (default ${value})`;
    return `  ${name.padEnd(width)}  ${meaning}${shown}`;
  });
  return COMMANDS + lines.join('\n');
}

function print(text: string): number {
  console.log(text);
  return 0;
}

try {
  process.exitCode = (await main(process.argv.slice(2))) ?? process.exitCode;
} catch (error) {
  const isForOperator = error instanceof ConfigError || (error instanceof Error && 'code' in error);
  console.error(isForOperator ? error.message : error);
  process.exit(1);
}
