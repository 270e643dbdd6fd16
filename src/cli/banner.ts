import type { EffectiveSetting } from '../config/effective.js';
import type { Config, ProxyServer, UpstreamConfig } from '../config/load-config.js';
import type { Service } from '../upstream/client/call.js';
import type { LaneSizes, UpstreamDefinition } from '../upstream/definition.js';
import { SERVICES, UPSTREAMS } from '../upstream/definitions.js';
import { VERSION } from '../version.js';

/** Where the embedded upstreams listen. */
type SandboxUrls = Readonly<Record<Service, { readonly url: string }>>;

/**
 * Returns the summary that `serve` prints when it listens: what is served at which address, on which upstreams, with
 * which limits, and which settings are not defaults.
 * It contains no secret. It says whether a token or the credentials of a proxy are used, and does not show them.
 */
export function banner(
  url: string,
  config: Config,
  settings: readonly EffectiveSetting[],
  sandbox: SandboxUrls | undefined,
): string {
  const anonymous = config.anonymousUsesTokens ? 'callers without a credential use' : undefined;
  const lines = [
    ...(sandbox ? ['SANDBOX: both upstreams are embedded and serve sample data.'] : []),
    `agent-tools-gateway ${VERSION}, Node ${process.versions.node}`,
    '',
    `GraphQL  ${url}/graphql${config.graphiql ? '  (open it in a browser to explore)' : ''}`,
    ...(config.publicUrl === undefined ? [] : [`Public   ${config.publicUrl}/graphql`]),
    `Status   ${url}/health  ${url}/ready  ${url}/metrics`,
    ...(config.introspection ? [`Schema   ${url}/schema.graphql`] : []),
    ...SERVICES.map((service) => upstreamLine(UPSTREAMS[service], sandbox?.[service] ?? config[service], anonymous)),
    ...(sandbox ? [controlLine(sandbox)] : []),
    `Browsers ${config.corsOrigins.length > 0 ? config.corsOrigins.join(', ') : 'same-origin pages only (CORS_ORIGINS)'}`,
    `Limits   ${config.maxUpstreamCalls} upstream calls per operation${SERVICES.map((service) => lanesPart(UPSTREAMS[service].label, config.lanes[service])).join('')}`,
    `Settings ${settingsPart(settings)}`,
  ];
  return lines.join('\n');
}

function upstreamLine(
  { label, prefix }: UpstreamDefinition,
  upstream: UpstreamConfig | undefined,
  anonymous: string | undefined,
): string {
  if (!upstream) return `${label.padEnd(8)} not configured (${prefix}_URL)`;
  const parts = [
    upstream.url,
    ...(upstream.proxy ? [proxyPart(upstream.proxy)] : []),
    ...(upstream.tenantId === undefined ? [] : [`tenant ${upstream.tenantId}`]),
    ...(anonymous && upstream.token !== undefined ? [`${anonymous} ${prefix}_TOKEN`] : []),
  ];
  return `${label.padEnd(8)} ${parts.join('; ')}`;
}

/** What the operator can set of the lanes of an upstream; empty if that is nothing. */
function lanesPart(label: string, { maxCalls, maxProbes }: LaneSizes): string {
  if (maxCalls === undefined) return '';
  const probes = maxProbes === undefined ? '' : `, and ${maxProbes} that probe MCP servers`;
  return `; ${label}: ${maxCalls} concurrent calls${probes}`;
}

/** Where the settings come from. */
function settingsPart(settings: readonly EffectiveSetting[]): string {
  const variables = settings.flatMap(({ variable }) => variable ?? []);
  const all = '"gateway config" prints all';
  return variables.length > 0
    ? `${variables.join(', ')} from the environment, and defaults; ${all}`
    : `defaults; ${all}`;
}

function proxyPart({ variable, url, authorization }: ProxyServer): string {
  return `proxy ${url} (${variable}${authorization === undefined ? '' : ', with credentials'})`;
}

/** The control routes of the sandbox: they show its requests, and add latency and faults. */
function controlLine(sandbox: SandboxUrls): string {
  const stats = SERVICES.map((service) => new URL('/__stats', sandbox[service].url));
  return `Control  ${stats.join('  ')}  (and POST /__reset, /__latency, /__fault)`;
}
