#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { CommandError, wrongUsage } from './cli/command-error.js';
import { VERSION } from './version.js';

/** `run` gets the operand, or the value of the option, and resolves to the exit code, or to undefined if a server keeps running. */
interface Command {
  readonly operands: 0 | 1;
  run(operand: string | undefined): Promise<number | undefined>;
}

/** Each command imports what it needs when it runs, so that no command waits for the modules of another. */
const COMMANDS = new Map<string, Command>([
  ['serve', { operands: 0, run: serve }],
  ['doctor', { operands: 0, run: async () => (await import('./cli/doctor/doctor.js')).runDoctor(process.env, print) }],
  ['config', { operands: 0, run: async () => print((await import('./cli/config.js')).describeConfig(process.env)) }],
  ['schema', { operands: 0, run: async () => print((await import('./cli/schema.js')).schemaText()) }],
  ['schema --check', { operands: 0, run: checkSchema }],
  ['cost', { operands: 1, run: async (file) => print(await (await import('./cli/cost.js')).describeCosts(file)) }],
  ['id', { operands: 1, run: async (id) => print((await import('./cli/id.js')).describeId(id)) }],
]);

/** Runs a command line. Resolves to the exit code, or to undefined if a server keeps running. */
async function main(argv: readonly string[]): Promise<number | undefined> {
  const { values, positionals } = readArguments(argv);
  if (values.help) return print((await import('./cli/help.js')).help());
  if (values.version) return print(VERSION);
  const [word = 'serve', ...rest] = positionals;
  if (values.check !== undefined && word !== 'schema') throw wrongUsage('"--check" is an option of "schema".');
  const name = values.check === undefined ? word : `${word} --check`;
  const command = COMMANDS.get(name);
  const operands = command?.operands ?? 0;
  if (rest.length > operands) throw wrongUsage(`"${name}" does not take "${rest[operands]}".`);
  if (!command) throw wrongUsage(`There is no command "${name}".`);
  return command.run(values.check ?? rest[0]);
}

function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
        check: { type: 'string' },
      },
      allowPositionals: true,
    });
  } catch (error) {
    // The first sentence names the option; the others explain how to escape it.
    throw wrongUsage(String((error as Error).message).replace(/\. .*/s, '.'));
  }
}

async function serve(): Promise<undefined> {
  await (await import('./cli/serve.js')).serve(process.env, print);
}

/** Exits with 1 if a change is breaking. */
async function checkSchema(source = ''): Promise<number> {
  const { text, isBreaking } = await (await import('./cli/schema-check.js')).checkSchema(source);
  print(text);
  return isBreaking ? 1 : 0;
}

/** Prints to stdout and returns the exit code of success. */
function print(text: string): 0 {
  console.log(text);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof CommandError ? error.message : error);
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
}
