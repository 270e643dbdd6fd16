// Generates the types of the examples as their recipes in docs/frontends.md do: from a running gateway, on the sandbox.
import { execFile } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CodegenConfig, generate } from '@graphql-codegen/cli';
import apollo from '../examples/apollo/codegen.js';
import dashboard from '../examples/dashboard/codegen.js';
import { loadConfig } from '../src/config/load-config.js';
import { createGateway } from '../src/gateway.js';
import { createLogger } from '../src/log.js';
import { addressOf } from '../src/sandbox/address.js';
import { startSandbox } from '../src/sandbox/index.js';

const sandbox = await startSandbox();
const gateway = createGateway(loadConfig({ SANDBOX: 'true' }), createLogger('silent'), addressOf(sandbox));
const { url } = await gateway.listen('127.0.0.1', 0);

/** The examples name the address at which `npm start` serves. */
const here = (text: string) => text.replaceAll('http://127.0.0.1:4000', url);

async function runCodegen(folder: string, config: CodegenConfig): Promise<void> {
  const cwd = join(process.cwd(), folder);
  await generate({ ...config, schema: here(String(config.schema)), cwd, silent: true }, true);
}

/** `gql.tada generate-output` reads the address of the schema from a tsconfig. */
async function runTada(folder: string): Promise<void> {
  const path = join(folder, 'tsconfig.temporary.json');
  writeFileSync(path, here(readFileSync(join(folder, 'tsconfig.json'), 'utf8')));
  try {
    await promisify(execFile)('npx', ['gql.tada', 'generate-output', '--tsconfig', path]);
  } finally {
    rmSync(path);
  }
}

try {
  await runCodegen('examples/apollo', apollo);
  await runCodegen('examples/dashboard', dashboard);
  await runTada('examples/urql');
} finally {
  await gateway.close();
  await sandbox.close();
}
