import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, type GraphQLSchema, parse, specifiedRules, validate } from 'graphql';
import { CommandError } from './command-error.js';
import { schemaText } from './schema.js';

/** What a clone, or the package, has in its folder `schema`. */
const SCHEMA = 'schema.graphql';
const OPERATIONS = 'operations';

/** An older version: its schema, and the text of its example operations by file name. */
interface Version {
  readonly schema: string;
  readonly operations: ReadonlyMap<string, string>;
}

const LEVELS = [
  { level: CriticalityLevel.Breaking, title: 'Breaking' },
  { level: CriticalityLevel.Dangerous, title: 'Dangerous' },
  { level: CriticalityLevel.NonBreaking, title: 'Safe' },
];

/**
 * Compares an older schema with the present one. `source` is its file, or a Git commit, branch or tag of the repository in the
 * current folder. Returns the changes by severity, and the example operations of that version (in the folder `operations` beside the
 * schema) that the present schema does not accept. `isBreaking` is whether there are any, or a breaking change. Throws a CommandError
 * if there is no such schema.
 */
export async function checkSchema(source: string): Promise<{ text: string; isBreaking: boolean }> {
  const { schema, operations } = existsSync(source) ? readFiles(source) : await readCommit(source);
  const old = parseSchema(schema, source);
  // Built from text as well: a text does not have the directives `specifiedBy` and `oneOf` of the schema in memory.
  const present = buildSchema(schemaText());
  const changes = await diff(old, present);
  const broken = brokenOperations(operations, old, present);
  const sections = LEVELS.flatMap(({ level, title }) =>
    section(title, changes.filter(({ criticality }) => criticality.level === level).map(describe)),
  );
  const text = [...sections, ...section('Example operations that are no longer valid', broken)];
  return {
    text: text.length > 0 ? text.join('\n') : `The schema is the same as in ${source}.`,
    isBreaking: broken.length > 0 || changes.some(({ criticality }) => criticality.level === CriticalityLevel.Breaking),
  };
}

function readFiles(file: string): Version {
  const folder = join(dirname(file), OPERATIONS);
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  const operations = new Map(names.filter(isOperations).map((name) => [name, readText(join(folder, name))]));
  return { schema: readText(file), operations };
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CommandError(`"${file}" cannot be read: ${(error as NodeJS.ErrnoException).code}.`, 1);
  }
}

async function readCommit(commit: string): Promise<Version> {
  const schema = await readCommitted(commit, `schema/${SCHEMA}`).catch(() => {
    throw new CommandError(`"${commit}" is neither a file nor a Git commit, branch or tag with schema/${SCHEMA}.`, 1);
  });
  const folder = `schema/${OPERATIONS}/`;
  const list = await git('ls-tree', '-rz', '--name-only', '--full-tree', '--end-of-options', commit, folder);
  const operations = list
    .split('\0')
    .filter(isOperations)
    .map(async (path) => [path.slice(folder.length), await readCommitted(commit, path)] as const);
  return { schema, operations: new Map(await Promise.all(operations)) };
}

/** After "--end-of-options", a name that begins with "-" is not an option. */
function readCommitted(commit: string, path: string): Promise<string> {
  return git('show', '--end-of-options', `${commit}:${path}`);
}

/** Returns what Git prints, of at most 64 MB. Rejects if it fails. */
async function git(...args: string[]): Promise<string> {
  return (await promisify(execFile)('git', args, { maxBuffer: 64 * 1024 * 1024 })).stdout;
}

function isOperations(path: string): boolean {
  return path.endsWith('.graphql');
}

function parseSchema(text: string, source: string): GraphQLSchema {
  try {
    return buildSchema(text);
  } catch (error) {
    throw new CommandError(`"${source}" is not a schema: ${(error as Error).message}`, 1);
  }
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? [`${title} (${lines.length})`, ...lines.map((line) => `  ${line}`)] : [];
}

function describe({ message, criticality }: Change): string {
  const { reason = message } = criticality;
  return reason === message ? message : `${message}: ${reason}`;
}

/** Operations that the old schema does not accept either have never worked. */
function brokenOperations(operations: Version['operations'], old: GraphQLSchema, present: GraphQLSchema): string[] {
  return [...operations].flatMap(([file, text]) => {
    const document = parse(text);
    if (validate(old, document, specifiedRules).length > 0) return [];
    return validate(present, document, specifiedRules).map(({ message }) => `${file}: ${message}`);
  });
}
