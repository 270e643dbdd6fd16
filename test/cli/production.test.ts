import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LEFT_OUT = ['node_modules', 'dist', '.git', 'coverage'];

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const configuration = readFileSync(join(ROOT, 'docs/configuration.md'), 'utf8');
const section = configuration.split(/^## /m).find((text) => text.startsWith('Production\n')) ?? '';
/** The commands of the section "Production" of docs/configuration.md, one per line. */
const [prepare = '', start = '', pack = '', install = '', serve = ''] = [...section.matchAll(/^ {4}(.+)$/gm)].map(
  ([, command]) => command,
);

let folder: string;
let clone: string;

/** A clone after `npm ci`: nothing is built. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'production-'));
  clone = join(folder, 'clone');
  for (const name of readdirSync(ROOT).filter((name) => !LEFT_OUT.includes(name))) {
    cpSync(join(ROOT, name), join(clone, name), { recursive: true });
  }
  linkFolder(join(ROOT, 'node_modules'), join(clone, 'node_modules'));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }), 60_000);

/** The same files without copying them. Names with a dot are npm's and the tools' own, and may be written to. */
function linkFolder(from: string, to: string): void {
  mkdirSync(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkFolder(source, target);
    else if (entry.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else if (entry.name.startsWith('.')) copyFileSync(source, target);
    else linkFile(source, target);
  }
}

function linkFile(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    // Another file system, or too many links.
    copyFileSync(source, target);
  }
}

/** Without the commands of this repository's own packages, which would stand in for those that are missing. */
function environment(): NodeJS.ProcessEnv {
  const { NODE_ENV, ...env } = process.env;
  const path = (env.PATH ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules'));
  return { ...env, PATH: path.join(delimiter), PORT: '0' };
}

async function run(command: string, cwd: string) {
  const options = { cwd, env: environment(), maxBuffer: 10 * 1024 * 1024 };
  return promisify(execFile)('sh', ['-c', command], options);
}

interface Launched {
  readonly url: string;
  readonly child: ChildProcess;
  readonly ended: Promise<number>;
  /** What it had written to stderr when it printed its address. */
  readonly stderr: string;
}

/** Starts a server and waits for its address. Killed when the test ends. */
async function launch(command: string, cwd: string): Promise<Launched> {
  const child = spawn('sh', ['-c', `exec ${command}`], {
    cwd,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: npm is killed with what it has started.
    detached: true,
  });
  const ended = once(child, 'close').then(([code]) => code as number);
  onTestFinished(async () => {
    if (child.pid !== undefined) killGroup(child.pid);
    await ended;
  });
  let output = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  for (;;) {
    const gone = await Promise.race([once(child.stdout, 'data').then(() => undefined), ended]);
    const [, url] = /^GraphQL +(\S+)\/graphql/m.exec(output) ?? [];
    if (url) return { url, child, ended, stderr };
    if (gone !== undefined) throw new Error(`"${command}" ended with code ${gone}: ${stderr}`);
  }
}

function readPackage(): { scripts: { start: string } } {
  return JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

async function answers(url: string): Promise<unknown> {
  const query = encodeURIComponent('{ project(projectId: "support-desk") { name } }');
  return (await (await fetch(`${url}/graphql?query=${query}`)).json()).data;
}

const DATA = { project: { name: 'Support desk' } };

describe('the commands of the section "Production"', { timeout: 180_000 }, () => {
  test('begin with those that were tested: an installation as in the README', () => {
    expect(prepare).toMatch(/^npm ci && /);
    expect(readme).toMatch(/^ {4}npm ci && npm start$/m);
  });

  test('pack a clone with what is built, without what it is built from', async () => {
    const { stdout } = await run(`${pack} --json`, clone);
    const [{ files }] = JSON.parse(stdout.slice(stdout.indexOf('[\n')));
    const paths = files.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(expect.arrayContaining(['dist/main.js', 'dist/licenses.md', 'package.json']));
    expect(paths).toEqual(expect.arrayContaining(['schema/schema.graphql', 'README.md']));
    expect(paths).toEqual(expect.arrayContaining(['dist/explorer/explorer.js', 'dist/explorer/licenses.md']));
    expect(paths.filter((path: string) => /^src\/|^test\//.test(path))).toEqual([]);
  });

  test('install the package elsewhere, with one other package, serve, and end on SIGTERM', async () => {
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    const { stderr } = await run(install.replace('./', '../clone/').replace('npm install', INSTALL), elsewhere);
    expect(stderr).not.toContain('EBADENGINE');
    const installed = readdirSync(join(elsewhere, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(installed).toEqual(['@opentelemetry', 'agent-tools-gateway']);
    const { url, child, ended } = await launch(`env ${serve}`, elsewhere);
    expect(await answers(url)).toEqual(DATA);
    const page = await fetch(`${url}/graphql`, { headers: { accept: 'text/html' } });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('/assets/explorer.')]);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    await expect(fetch(url)).rejects.toThrow();
  });

  test('build again when a source has changed and say so, only then, and without the shell’s exec, which Windows does not have', async () => {
    const script = readPackage().scripts.start.split('||')[1]?.trim() ?? '';
    const main = join(clone, 'dist/main.js');
    appendFileSync(join(clone, 'src/main.ts'), 'console.error("added");\n');
    const before = readdirSync(join(clone, 'dist')).length;
    expect((await launch(script, clone)).stderr).toMatch(/^Building the gateway…\n/);
    expect(readFileSync(main, 'utf8')).toContain('console.error("added")');
    expect(readdirSync(join(clone, 'dist'))).toHaveLength(before);
    const builtAt = statSync(main).mtimeMs;
    expect((await launch(script, clone)).stderr).not.toContain('Building');
    expect(statSync(main).mtimeMs).toBe(builtAt);
  });

  test('serve without the packages that are for development, and end with npm', async () => {
    await run(prepare.replace(/^npm ci && /, ''), clone);
    expect(['typescript', 'vite', 'graphql'].filter((name) => existsSync(join(clone, 'node_modules', name)))).toEqual(
      [],
    );
    const { url, child, ended } = await launch(start, clone);
    expect(await answers(url)).toEqual(DATA);
    child.kill('SIGTERM');
    await ended;
    await expect(fetch(url)).rejects.toThrow();
  });

  test('serve what is built when sources are newer, which cannot be built', async () => {
    utimesSync(join(clone, 'src/main.ts'), new Date(), new Date(Date.now() + 60_000));
    const { url } = await launch(start, clone);
    expect(await answers(url)).toEqual(DATA);
  });

  test('say what to do when nothing is built', async () => {
    rmSync(join(clone, 'dist'), { recursive: true });
    await expect(run(start, clone)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Run "npm ci && npm run build" first'),
    });
  });
});

/** Fast and quiet, and from npm's cache if possible. */
const INSTALL = 'npm install --prefer-offline --no-audit --no-fund';
