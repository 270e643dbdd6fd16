import type { Config, ProxyServer } from '../config/load-config.js';
import { VERSION } from '../version.js';

/** Where the embedded upstreams listen. */
interface SandboxUrls {
  readonly inkeep: { readonly url: string };
  readonly kataven: { readonly url: string };
}

/**
 * The summary that `serve` prints when it listens: what is served at which address, on which upstreams, with which limits.
 * Contains no secret: of a token or a proxy's credentials it only says whether they are used.
 */
export function banner(url: string, config: Config, sandbox: SandboxUrls | undefined): string {
  const anonymous = config.anonymousUsesTokens ? 'callers without a credential use' : undefined;
  const lines = [
    ...(sandbox ? ['SANDBOX: both upstreams are embedded and serve sample data.'] : []),
    `agent-tools-gateway ${VERSION}, Node ${process.versions.node}`,
    '',
    `GraphQL  ${url}/graphql${config.graphiql ? '  (open it in a browser to explore)' : ''}`,
    ...(config.publicUrl === undefined ? [] : [`Public   ${config.publicUrl}/graphql`]),
    `Status   ${url}/health  ${url}/ready  ${url}/metrics`,
    ...(config.introspection ? [`Schema   ${url}/schema.graphql`] : []),
    `Inkeep   ${upstreamLine('INKEEP', sandbox?.inkeep ?? config.inkeep, anonymous)}`,
    `Kataven  ${upstreamLine('KATAVEN', sandbox?.kataven ?? config.kataven, anonymous)}`,
    ...(sandbox ? [controlLine(sandbox)] : []),
    `Browsers ${config.corsOrigins.length > 0 ? config.corsOrigins.join(', ') : 'same-origin pages only (CORS_ORIGINS)'}`,
    `Limits   ${config.maxUpstreamCalls} upstream calls per operation; Inkeep: ${config.inkeepMaxCalls} concurrent calls, and ${config.inkeepMaxProbes} that probe MCP servers`,
  ];
  return lines.join('\n');
}

function upstreamLine(name: 'INKEEP' | 'KATAVEN', upstream: Config['inkeep'], anonymous: string | undefined): string {
  if (!upstream) return `not configured (${name}_URL)`;
  return [
    upstream.url,
    ...(upstream.proxy ? [proxyPart(upstream.proxy)] : []),
    ...(upstream.tenantId === undefined ? [] : [`tenant ${upstream.tenantId}`]),
    ...(anonymous && upstream.token !== undefined ? [`${anonymous} ${name}_TOKEN`] : []),
  ].join('; ');
}

function proxyPart({ variable, url, authorization }: ProxyServer): string {
  return `proxy ${url} (${variable}${authorization === undefined ? '' : ', with credentials'})`;
}

/** The control routes of the sandbox: they show its requests, and add latency and faults. */
function controlLine({ inkeep, kataven }: SandboxUrls): string {
  const stats = [inkeep, kataven].map(({ url }) => new URL('/__stats', url));
  return `Control  ${stats.join('  ')}  (and POST /__reset, /__latency, /__fault)`;
}
