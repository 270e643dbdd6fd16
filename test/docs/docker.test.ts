import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseEnv, promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { SETTINGS } from '../../src/config/load-config.js';
import { TRANSPORT_LIMITS } from '../../src/transport/limits.js';
import { runCli } from '../support/cli.js';
import { freePort } from '../support/redis.js';

// Without a Docker engine: the instructions are run in folders. What Alpine's packages do is not tested.

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

const instructions: Instruction[] = read('Dockerfile')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => ({ name: line.split(' ', 1)[0] ?? '', rest: line.slice(line.indexOf(' ') + 1) }));
const lastStage = instructions.findLastIndex(({ name }) => name === 'FROM');
const [buildStage, finalStage] = [instructions.slice(0, lastStage), instructions.slice(lastStage)];

function argumentOf(name: string): string {
  const found = finalStage.find((instruction) => instruction.name === name);
  if (!found) throw new Error(`The Dockerfile has no ${name} in its last stage.`);
  return found.rest;
}

let folder: string;
let build: string;
let app: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docker-'));
  [build, app] = [join(folder, 'build'), join(folder, 'app')];
  mkdirSync(build);
  mkdirSync(app);
  for (const instruction of buildStage) await runBuild(instruction);
  for (const instruction of finalStage) copyResult(instruction);
  // The gateway runs as a user who is not the owner.
  chmodSync(folder, 0o755);
}, 240_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }), 60_000);

async function runBuild({ name, rest }: Instruction): Promise<void> {
  if (name === 'COPY') copyContext(rest.split(' '));
  if (name !== 'RUN') return;
  const { NODE_ENV, ...env } = process.env;
  await promisify(execFile)('sh', ['-c', rest], {
    cwd: build,
    env: { ...env, npm_config_prefer_offline: 'true', npm_config_audit: 'false' },
    maxBuffer: 10 * 1024 * 1024,
  });
}

function copyContext(paths: readonly string[]): void {
  const ignored = read('.dockerignore').trim().split('\n');
  const isIgnored = (name: string) =>
    ignored.some((entry) => (entry.endsWith('*') ? name.startsWith(entry.slice(0, -1)) : name === entry));
  const sources = paths.slice(0, -1).flatMap((path) => (path === '.' ? readdirSync(ROOT) : [path]));
  for (const source of sources.filter((name) => !isIgnored(name))) {
    cpSync(join(ROOT, source), join(build, source), { recursive: true });
  }
}

function copyResult({ name, rest }: Instruction): void {
  const [, source, target] = /^--from=build \/build\/(\S+) (\S+)$/.exec(name === 'COPY' ? rest : '') ?? [];
  if (source === undefined || target === undefined) return;
  cpSync(join(build, source), join(app, target === './' ? source : target), {
    recursive: true,
    verbatimSymlinks: true,
  });
}

describe('the image', { timeout: 60_000 }, () => {
  test('contains neither sources nor development packages, and leaves room for Node.js in 200 MB', async () => {
    expect(readdirSync(app).sort()).toEqual(['dist', 'node_modules', 'package.json', 'schema']);
    expect(['typescript', 'vitest', 'vite'].filter((name) => existsSync(join(app, 'node_modules', name)))).toEqual([]);
    const { stdout } = await promisify(execFile)('du', ['-sm', app]);
    // Alpine with its Node.js takes about 85 MB.
    expect(Number.parseInt(stdout, 10)).toBeLessThan(110);
  });

  test('serves as a user without rights, is healthy, and ends on SIGTERM', async () => {
    const env = {
      ...parseEnv(argumentOf('ENV').replaceAll(' ', '\n')),
      PORT: String(await freePort()),
      SANDBOX: 'true',
    };
    const [uid = 0, gid = 0] = argumentOf('USER').split(':').map(Number);
    const [program = '', ...args] = [...JSON.parse(argumentOf('ENTRYPOINT')), ...JSON.parse(argumentOf('CMD'))];
    const user = process.getuid?.() === 0 ? { uid, gid } : {};
    const gateway = spawn(program, args, {
      cwd: app,
      env: { PATH: process.env.PATH, ...env },
      stdio: 'ignore',
      ...user,
    });
    onTestFinished(() => void gateway.kill('SIGKILL'));
    const [, command = '[]'] = /CMD (\[.*\])$/.exec(argumentOf('HEALTHCHECK')) ?? [];
    while ((await exitCode(JSON.parse(command), env)) !== 0) {
      if (gateway.exitCode !== null) throw new Error(`The gateway ended with code ${gateway.exitCode}.`);
      await sleep(100);
    }
    const response = await fetch(`http://127.0.0.1:${env.PORT}/graphql?query={__typename}`);
    expect(await response.json()).toMatchObject({ data: { __typename: 'Query' } });
    const ended = once(gateway, 'exit');
    gateway.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(await exitCode(JSON.parse(command), env)).toBe(1);
  });
});

async function exitCode([program = '', ...args]: readonly string[], env: Record<string, string>): Promise<number> {
  const child = spawn(program, args, { env: { PATH: process.env.PATH, ...env }, stdio: 'ignore' });
  const [code] = await once(child, 'exit');
  return code;
}

describe('compose.yaml', () => {
  interface Service {
    readonly environment?: Record<string, string>;
    readonly volumes?: readonly string[];
    readonly stop_grace_period?: string;
  }
  const services: Record<string, Service> = parse(read('compose.yaml'), { merge: true }).services;
  const gateways = ['gateway-1', 'gateway-2'].map((name) => services[name] ?? {});

  test('sets only settings that exist, and the gateway accepts them', async () => {
    const known = SETTINGS.map(({ name }) => name);
    for (const { environment = {} } of gateways) {
      expect(Object.keys(environment).filter((name) => !known.includes(name))).toEqual([]);
      const filled = Object.entries(environment).map(([name, value]) => [name, value.replace(/\$\{\w+:-(.*)\}/, '$1')]);
      const { code, stderr } = await runCli(['config'], {
        ...Object.fromEntries(filled),
        INKEEP_URL: 'https://inkeep.example/manage',
      });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    }
  });

  test('gives the gateways more time to stop than they take', () => {
    for (const { stop_grace_period: period = '' } of gateways) {
      expect(Number.parseInt(period, 10) * 1000).toBeGreaterThan(TRANSPORT_LIMITS.http.graceMs);
    }
  });

  test('has the gateways that nginx.conf names, at their ports', () => {
    const [file = ''] = services.nginx?.volumes?.[0]?.split(':') ?? [];
    const servers = [...read(file).matchAll(/^ +server ([\w-]+):(\d+)/gm)].map(([, name = '', port]) => ({
      name,
      port,
    }));
    expect(servers.map(({ name }) => name)).toEqual(['gateway-1', 'gateway-2']);
    for (const { name, port } of servers) expect(services[name]?.environment?.PORT).toBe(port);
  });
});
