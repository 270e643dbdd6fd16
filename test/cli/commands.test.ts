import { readFileSync } from 'node:fs';
import { buildSchema, printSchema } from 'graphql';
import { describe, expect, test } from 'vitest';
import { SETTINGS } from '../../src/config/load-config.js';
import { runCli } from '../support/cli.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

test('--help names every command and every setting, on stdout', async () => {
  const { code, stdout, stderr } = await runCli(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const word of ['serve', 'doctor', 'schema', 'id <id>', ...SETTINGS.map(({ name }) => name)]) {
    expect(stdout).toContain(`  ${word} `);
  }
});

test('--version prints the version of the package and nothing else', async () => {
  expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('schema prints the schema that is committed, sorted', async () => {
  const { code, stdout } = await runCli(['schema']);
  expect(code).toBe(0);
  const committed = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));
  // Compared as a whole: a diff of 2,700 lines does not help, `npm run codegen` does.
  expect(stdout === `${printSchema(committed)}\n`).toBe(true);
});

describe('an invalid command line exits with 2 and prints the usage on stderr', () => {
  test.each([
    ['a command that does not exist', ['serv'], 'There is no command "serv".'],
    ['an option that does not exist', ['serve', '--port=1'], "Unknown option '--port'."],
    ['an operand too many', ['serve', '4001'], '"serve" does not take "4001".'],
    ['an id that is missing', ['id'], '"id" needs a global id.'],
  ])('%s', async (_what, args, problem) => {
    const { code, stdout, stderr } = await runCli(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n')[0]).toBe(problem);
    expect(stderr).toContain('Usage: gateway [command]');
  });
});

describe('id', () => {
  test('prints the type and the key of a global id', async () => {
    const { code, stdout } = await runCli(['id', 'VG9vbDpkZWZhdWx0L3N1cHBvcnQtZGVzay9zbGFjaw']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      type: 'Tool',
      tenantId: 'default',
      projectId: 'support-desk',
      toolId: 'slack',
    });
  });

  test('rejects a text that is not a global id, and says where to find one', async () => {
    expect(await runCli(['id', 'slack'])).toEqual({
      code: 1,
      stdout: '',
      stderr: '"slack" is not a global id of this gateway. Copy one from an "id" field.\n',
    });
  });
});
