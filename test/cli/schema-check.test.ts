import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCli } from '../support/cli.js';

const SCHEMA = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');

/** The committed schema with a change; throws if there is nothing to replace. */
function changed(from: string | RegExp, to: string): string {
  const text = SCHEMA.replace(from, to);
  if (text === SCHEMA) throw new Error(`The schema does not contain ${from}.`);
  return text;
}

/** Runs `schema --check` against a file with an older schema. */
async function check(old: string) {
  const file = join(folder(), 'old.graphql');
  writeFileSync(file, old);
  return runCli(['schema', '--check', file]);
}

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'schema-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('a schema that has not changed', async () => {
  const { code, stdout } = await check(SCHEMA);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^The schema is the same as in \S+\.\n$/),
  });
});

test('a field that was removed is breaking: exit code 1', async () => {
  const { code, stdout } = await check(
    changed('type Project implements Node {', 'type Project implements Node {\n  owner: String'),
  );
  expect(code).toBe(1);
  expect(stdout).toMatch(/^Breaking \(1\)\n {2}Field 'owner' was removed from object type 'Project'/);
});

test('a field that was added is safe: exit code 0', async () => {
  const { code, stdout } = await check(changed(/ {2}"{3}\n?[^"]*"{3}\n {2}permissions: ProjectPermissions\n/, ''));
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Safe \(\d+\)\n/);
  expect(stdout).toContain("Field 'permissions' was added to object type 'Project'");
  expect(stdout).not.toMatch(/^(Breaking|Dangerous|Example)/m);
});

test('a value that was added to an enum is dangerous', async () => {
  const { code, stdout } = await check(
    changed(/(enum ToolStatus \{[^}]*?\n) {2}(?:"""[^"]*"""\n {2})?HEALTHY\n/, '$1'),
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Dangerous \(1\)\n {2}Enum value 'HEALTHY' was added to enum 'ToolStatus'/);
});

test('an example operation beside the older schema that is no longer valid is named', async () => {
  const path = folder();
  writeFileSync(
    join(path, 'schema.graphql'),
    changed('type ProjectConnection {', 'type ProjectConnection {\n  owner: String'),
  );
  writeOperations(path);
  const { code, stdout } = await runCli(['schema', '--check', join(path, 'schema.graphql')]);
  expect(code).toBe(1);
  expect(stdout.trimEnd().split('\n').slice(-2)).toEqual([BROKEN_TITLE, BROKEN]);
});

test('a Git commit, branch or tag instead of a file, with its example operations', async () => {
  const repository = folder();
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd: repository });
  mkdirSync(join(repository, 'schema'));
  writeFileSync(join(repository, 'schema/schema.graphql'), SCHEMA);
  git('init', '-q');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  git('tag', 'v1.0.0');
  const { code, stdout } = await runCli(['schema', '--check', 'v1.0.0'], {}, repository);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'The schema is the same as in v1.0.0.\n' });

  writeFileSync(
    join(repository, 'schema/schema.graphql'),
    changed('type ProjectConnection {', 'type ProjectConnection {\n  owner: String'),
  );
  writeOperations(join(repository, 'schema'));
  git('add', '.');
  git('commit', '-q', '-m', 'second');
  const second = await runCli(['schema', '--check', 'HEAD'], {}, repository);
  expect(second.code).toBe(1);
  expect(second.stdout.trimEnd().split('\n').slice(-2)).toEqual([BROKEN_TITLE, BROKEN]);
});

const BROKEN_TITLE = 'Example operations that are no longer valid (1)';
const BROKEN = '  pages/owner.graphql: Cannot query field "owner" on type "ProjectConnection".';

/** One that works with both schemas, one only with the older one, and one with neither. */
function writeOperations(path: string): void {
  mkdirSync(join(path, 'operations/pages'), { recursive: true });
  writeFileSync(join(path, 'operations/count.graphql'), '{ projects { totalCount } }');
  writeFileSync(join(path, 'operations/pages/owner.graphql'), '{ projects { totalCount owner } }');
  writeFileSync(join(path, 'operations/never.graphql'), '{ projects { size } }');
}

test.each([
  [
    ['schema', '--check', 'v9'],
    1,
    '"v9" is neither a file nor a Git commit, branch or tag with schema/schema.graphql.',
  ],
  [['schema', '--check', '--output=x'], 2, "Option '--check' argument is ambiguous."],
  [['schema', '--check'], 2, "Option '--check <value>' argument missing"],
  [['serve', '--check', 'v1'], 2, '"--check" is an option of "schema".'],
])('%j is refused', async (args, code, message) => {
  const result = await runCli(args, {}, folder());
  expect({ code: result.code, first: result.stderr.split('\n')[0] }).toEqual({ code, first: message });
});

test('a file that is not a schema is refused', async () => {
  const { code, stderr } = await check('{"data": {}}');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^"\S+old\.graphql" is not a schema: Syntax Error: /);
});
