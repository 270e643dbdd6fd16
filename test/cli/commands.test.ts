import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSchema, printSchema } from 'graphql';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SETTINGS } from '../../src/config/load-config.js';
import { runCli } from '../support/cli.js';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

test('--help names every command and every setting, on stdout', async () => {
  const { code, stdout, stderr } = await runCli(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const word of ['serve', 'doctor', 'schema', 'cost <file>', 'id <id>', ...SETTINGS.map(({ name }) => name)]) {
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
    ['a file that is missing', ['cost'], '"cost" needs a file of operations.'],
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

describe('cost', () => {
  test('prints the cost of each operation of a file', async () => {
    const file = write(`query Agents { project(projectId: "p") { name agents(first: 5) { nodes { name } } } }
      query Voice($first: Int = 10) { voiceAgents(first: $first) { nodes { name } } }
      mutation Delete($id: ID!) { deleteTool(input: { id: $id }) { __typename } }`);
    const { code, stdout } = await runCli(['cost', file]);
    expect({ code, lines: stdout.trimEnd().split('\n') }).toEqual({
      code: 0,
      lines: [
        'Agents: cost 2, calls 2 to 2, rows up to 5, probes up to 0',
        'Voice: cost 1, calls 1 to 1, rows up to 10, probes up to 0',
        'Delete: cost 1, calls 1 to 1, rows up to 0, probes up to 0',
      ],
    });
  });

  test.each([
    ['a syntax error', '{ project', 'Syntax Error: Expected Name, found <EOF>.'],
    ['a field that does not exist', '{ nothing }', 'Cannot query field "nothing" on type "Query".'],
    ['a limit that is exceeded', `{ __schema { types { a: name } } }`, 'exceed the limit: 1 of 0.'],
  ])('names the place of %s', async (_what, text, problem) => {
    const { code, stdout, stderr } = await runCli(['cost', write(text)]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(problem);
  });

  test('says that a file cannot be read', async () => {
    expect(await runCli(['cost', 'nowhere.graphql'])).toMatchObject({
      code: 1,
      stderr: '"nowhere.graphql" cannot be read: ENOENT.\n',
    });
  });
});

/** The path of a file with this text, removed when the test ends. */
function write(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'operations.graphql');
  writeFileSync(file, text);
  return file;
}
