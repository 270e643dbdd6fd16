import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { expect, onTestFinished } from 'vitest';
import { type Config, loadConfig } from '../../src/config/load-config.js';
import { createGateway } from '../../src/gateway.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/index.js';
import { STATUS_LIMITS, type StatusLimits } from '../../src/status/limits.js';
import { openStream, type StatusStream } from './status.js';

/** What the upstream does with the bearer token of one person; everything is allowed by default. */
interface Rule {
  /** Tools that are not there for the person. */
  readonly hides?: readonly string[];
  /** Members of rows that are not there for the person. */
  readonly strips?: readonly string[];
  /** The answer to every request. */
  readonly status?: number;
  /** The answer to requests for probes. */
  readonly probeStatus?: number;
}

interface PersonRequest {
  readonly token: string;
  readonly operation: 'probe' | 'plain' | 'write';
  readonly path: string;
  readonly at: number;
}

/** The manage API with rights for each token, which the sandbox does not have. */
interface Rights {
  readonly url: string;
  readonly requests: PersonRequest[];
  /** Replaces the rule for a token. */
  allow(token: string, rule: Rule): void;
  /** Tokens whose requests probed tools. */
  probers(): readonly string[];
  /** Resolves when so many requests more of a token have arrived. */
  arrived(token: string, operation: PersonRequest['operation'], count: number): Promise<void>;
}

export const SERVICE = 'service-token';

export interface PeopleGateway {
  readonly url: string;
  readonly sandbox: Sandbox;
  readonly rights: Rights;
  readonly log: () => string;
  /** Subscribes as the person with this token. */
  watch(token: string, watch: object, tool?: string, ref?: string): Promise<StatusStream>;
  query(token: string, query: string, variables?: object): Promise<unknown>;
  metric(name: string): Promise<number>;
  ready(): Promise<unknown>;
}

export interface PeopleOptions {
  readonly sandbox?: Partial<SandboxOptions>;
  readonly limits?: Partial<StatusLimits>;
  readonly intervalMs?: number;
  readonly accessMs?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Serve another gateway in front of the same upstream. */
  readonly upstream?: Pick<PeopleGateway, 'sandbox' | 'rights'>;
}

/**
 * A gateway with a service credential, in front of a sandbox with the project `lab` and rights for each token. It polls every
 * 200 ms, and asks every 60 s what people may see.
 */
export async function startPeople(options: PeopleOptions = {}): Promise<PeopleGateway> {
  const { limits, intervalMs = 200, accessMs = 60_000, env = {} } = options;
  const { sandbox, rights } = options.upstream ?? (await startRights(options.sandbox));
  let log = '';
  const settings = { INKEEP_URL: rights.url, INKEEP_TENANT_ID: 'default', INKEEP_STATUS_TOKEN: SERVICE, ...env };
  const config: Config = { ...loadConfig(settings), statusIntervalMs: intervalMs, statusAccessMs: accessMs };
  const write = (text: string) => {
    log += text;
  };
  const gateway = createGateway(config, pino({ level: 'info' }, { write }), undefined, {
    limits: { status: { ...STATUS_LIMITS, minCoverageGapMs: 100, ...limits } },
  });
  onTestFinished(() => gateway.close());
  const { url } = await gateway.listen('127.0.0.1', 0);
  return {
    url,
    sandbox,
    rights,
    log: () => log,
    watch: (token, watch, tool = 'toolId', ref) => {
      const headers = { authorization: `Bearer ${token}`, ...(ref !== undefined && { 'x-inkeep-ref': ref }) };
      return openStream(url, { watch, headers, tool, onTestFinished });
    },
    async query(token, query, variables = {}) {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const body = JSON.stringify({ query, variables });
      return (await fetch(`${url}/graphql`, { method: 'POST', headers, body })).json();
    },
    async metric(name) {
      const text = await (await fetch(`${url}/metrics`)).text();
      return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
    },
    ready: async () => (await fetch(`${url}/ready`)).json(),
  };
}

async function startRights(options: Partial<SandboxOptions> = {}): Promise<Pick<PeopleGateway, 'sandbox' | 'rights'>> {
  const sandbox = await startSandbox({ story: false, discoveryMs: 5, flipMs: 0, ...options });
  onTestFinished(() => sandbox.close());
  sandbox.inkeep.addProject({ id: 'lab' });
  const upstream = new URL(sandbox.inkeep.url);
  const rules = new Map<string, Rule>();
  const requests: PersonRequest[] = [];
  const server = createServer((received, response) => {
    const token = (received.headers.authorization ?? '').replace('Bearer ', '');
    const path = received.url ?? '';
    const operation = operationOf(received.method ?? '', path);
    requests.push({ token, operation, path, at: performance.now() });
    const rule = rules.get(token) ?? {};
    const status = rule.status ?? (operation === 'probe' ? rule.probeStatus : undefined);
    const hidden = rule.hides?.some((id) => path.endsWith(`/tools/${id}`));
    if (status !== undefined || hidden) {
      response.writeHead(status ?? 404, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ code: 'not_found', title: 'x', status: status ?? 404, detail: 'x' }));
      return;
    }
    const { method, headers } = received;
    const onwards = { hostname: upstream.hostname, port: upstream.port, method, path, headers };
    const sent = request(onwards, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      const { 'content-length': _length, ...others } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, others);
      response.end(filtered(Buffer.concat(chunks).toString(), rule));
    });
    sent.on('error', () => response.destroy());
    response.on('close', () => sent.destroy());
    received.pipe(sent);
  });
  onTestFinished(() => void server.close().closeAllConnections());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${upstream.pathname}`;
  const count = (token: string, operation: string) =>
    requests.filter((one) => one.token === token && one.operation === operation).length;
  return {
    sandbox,
    rights: {
      url,
      requests,
      allow: (token, rule) => void rules.set(token, rule),
      probers: () => [...new Set(requests.filter(({ operation }) => operation === 'probe').map(({ token }) => token))],
      async arrived(token, operation, more) {
        const wanted = count(token, operation) + more;
        await expect
          .poll(() => count(token, operation), { timeout: 10_000, interval: 5 })
          .toBeGreaterThanOrEqual(wanted);
      },
    },
  };
}

function operationOf(method: string, path: string): PersonRequest['operation'] {
  if (method !== 'GET') return 'write';
  const isProbe =
    /\/tool-status$|\/tools\/[^/?]+$/.test(path) || (/\/tools\?/.test(path) && !/skipDiscovery/.test(path));
  return isProbe ? 'probe' : 'plain';
}

function filtered(body: string, { hides = [], strips = [] }: Rule): string {
  if (hides.length === 0 && strips.length === 0) return body;
  const parsed = JSON.parse(body);
  const strip = (row: Record<string, unknown>) => {
    for (const name of strips) delete row[name];
    return row;
  };
  if (Array.isArray(parsed.data)) {
    const rows: Record<string, unknown>[] = parsed.data;
    parsed.data = rows.filter(({ id, toolId }) => !hides.includes(String(toolId ?? id))).map(strip);
  } else if (parsed.data) parsed.data = strip(parsed.data);
  return JSON.stringify(parsed);
}

/** Adds the agent `support` with these tools. */
export function seedAgent(
  { sandbox: { inkeep } }: Pick<PeopleGateway, 'sandbox'>,
  ...toolIds: readonly string[]
): void {
  for (const id of toolIds) inkeep.addTool({ id });
  inkeep.addAgent({ id: 'support' });
  inkeep.addSubAgent({ id: 'triage' });
  for (const toolId of toolIds) inkeep.addRelation({ subAgentId: 'triage', toolId });
}
