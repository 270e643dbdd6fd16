import { readdirSync, readFileSync } from 'node:fs';
import type { Config } from './config/load-config.js';
import { packageFile } from './package-file.js';
import type { ExampleTab } from './transport/graphiql/page.js';
import type { Service } from './upstream/client/call.js';
import { SERVICES } from './upstream/definitions.js';

const EXAMPLES = packageFile('schema/operations/');

/**
 * The tabs that GraphiQL opens with. In front of the sandbox: the example operations, in the order of their file names. Their ids
 * and names exist nowhere else, so in front of real upstreams there are operations that only read, with ids to fill in at most,
 * and headers in which the caller enters a credential.
 */
export function exampleTabs(config: Config): ExampleTab[] {
  if (config.sandbox) return readExamples();
  const headers = headersToFillIn(config);
  return [...inkeepTabs(config), ...katavenTabs(config)].map((tab) => ({ ...tab, ...(headers && { headers }) }));
}

function readExamples(): ExampleTab[] {
  return readdirSync(EXAMPLES)
    .filter((file) => file.endsWith('.graphql'))
    .sort()
    .map((file) => ({
      name: file.replace(/^\d+-|\.graphql$/g, ''),
      query: readFileSync(new URL(file, EXAMPLES), 'utf8'),
    }));
}

const CREDENTIAL_HEADERS = { inkeep: 'authorization', kataven: 'x-kataven-authorization' } as const;

/** JSON with a header for each upstream that needs a credential of the caller; undefined if there is none. */
function headersToFillIn(config: Config): string | undefined {
  const needed = SERVICES.filter((service) => config[service] && !lendsToken(config, service));
  const headers = needed.map((service) => [CREDENTIAL_HEADERS[service], 'Bearer <your token>']);
  return needed.length > 0 ? JSON.stringify(Object.fromEntries(headers), null, 2) : undefined;
}

function lendsToken({ anonymousUsesTokens, ...config }: Config, service: Service): boolean {
  return anonymousUsesTokens && config[service]?.token !== undefined;
}

function credentialComment(config: Config, service: Service): string {
  if (lendsToken(config, service)) return '# Reads with the token of this gateway.';
  return `# Enter your token in "${CREDENTIAL_HEADERS[service]}" under Headers, below.`;
}

function inkeepTabs(config: Config): ExampleTab[] {
  if (!config.inkeep) return [];
  const hasTenant = config.inkeep.tenantId !== undefined;
  const variables = hasTenant ? '($tenantId: String)' : '($tenantId: String = "your-tenant")';
  const setup = hasTenant
    ? credentialComment(config, 'inkeep')
    : `${credentialComment(config, 'inkeep')}
# Replace "your-tenant" with the id of your Inkeep tenant, which
# follows /tenants/ in the addresses of the Inkeep API.`;
  return [
    {
      name: 'Your projects',
      query: `# Up to ten projects, the newest first.
${setup}
query YourProjects${variables} {
  projects(tenantId: $tenantId, first: 10) {
    totalCount
    nodes {
      id
      projectId
      name
      description
    }
  }
}
`,
    },
    {
      name: 'Your tools',
      query: `# The tools of the newest project.
${setup}
query YourTools${variables} {
  projects(tenantId: $tenantId, first: 1) {
    nodes {
      projectId
      name
      tools(first: 20) {
        totalCount
        nodes {
          toolId
          name
          config {
            url
          }
        }
      }
    }
  }
}
`,
    },
    {
      name: 'Your agents',
      query: `# The agents of the newest project, each with its tools.
${setup}
query YourAgents${variables} {
  projects(tenantId: $tenantId, first: 1) {
    nodes {
      projectId
      name
      agents(first: 10) {
        totalCount
        nodes {
          agentId
          name
          tools {
            nodes {
              toolId
              name
            }
          }
        }
      }
    }
  }
}
`,
    },
    {
      name: 'Status of your tools',
      query: `# The current status of up to five tools.
# Inkeep contacts their MCP servers, which can take some seconds.
${setup}
query YourToolStatus${variables} {
  projects(tenantId: $tenantId, first: 1) {
    nodes {
      projectId
      name
      tools(first: 5) {
        nodes {
          toolId
          name
          status
          lastError
        }
      }
    }
  }
}
`,
    },
    {
      name: 'Live status of your tools',
      query: `# The status of each tool of a project, then each change.
# Replace "project-id" with an "id" that "Your projects" shows.
${credentialComment(config, 'inkeep')}
# The square button ends the subscription.
subscription YourLiveStatus($project: ID! = "project-id") {
  toolStatus(watch: { project: $project }) {
    tool {
      id
      name
    }
    status
    previousStatus
    freshness
    removed
    observedAt
  }
}
`,
    },
  ];
}

function katavenTabs(config: Config): ExampleTab[] {
  if (!config.kataven) return [];
  const setup = credentialComment(config, 'kataven');
  return [
    {
      name: 'Your voice agents',
      query: `# Up to five voice agents, each with its tools.
${setup}
query YourVoiceAgents {
  voiceAgents(first: 5) {
    totalCount
    nodes {
      agentId
      name
      agentTools {
        toolName
        enabled
      }
    }
  }
}
`,
    },
    {
      name: 'Your voice tools',
      query: `# Up to ten tools that voice agents can use.
${setup}
query YourVoiceTools {
  voiceTools(first: 10) {
    totalCount
    nodes {
      name
      displayName
      description
    }
  }
}
`,
    },
  ];
}
