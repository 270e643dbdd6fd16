import { readdirSync, readFileSync } from 'node:fs';
import type { Config } from './config/load-config.js';
import type { ExampleTab } from './transport/graphiql/page.js';

const EXAMPLES = new URL('../schema/operations/', import.meta.url);

/**
 * The tabs that GraphiQL opens with. In front of the sandbox: the example operations, in the order of their file names. Their ids
 * and names exist nowhere else, so in front of real upstreams there is one tab for each upstream, which reads what is there and
 * says where the credential goes.
 */
export function exampleTabs(config: Config): ExampleTab[] {
  if (config.sandbox) return readExamples();
  return [...(config.inkeep ? [inkeepTab(config)] : []), ...(config.kataven ? [katavenTab(config)] : [])];
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

function inkeepTab({ inkeep, anonymousUsesTokens }: Config): ExampleTab {
  const tenant = inkeep?.tenantId === undefined ? 'tenantId: "your-tenant", ' : '';
  return {
    name: 'Your projects',
    query: `${comment('authorization', inkeep?.token !== undefined && anonymousUsesTokens)}
query YourProjects {
  projects(${tenant}first: 10) {
    totalCount
    nodes {
      projectId
      name
    }
  }
}
`,
  };
}

function katavenTab({ kataven, anonymousUsesTokens }: Config): ExampleTab {
  return {
    name: 'Your voice agents',
    query: `${comment('x-kataven-authorization', kataven?.token !== undefined && anonymousUsesTokens)}
query YourVoiceAgents {
  voiceAgents(first: 10) {
    totalCount
    nodes {
      agentId
      name
    }
  }
}
`,
  };
}

function comment(header: string, hasToken: boolean): string {
  if (hasToken) return '# Reads with the token of this gateway.';
  return `# Enter your credential under Headers, below:
#   { "${header}": "Bearer <your token>" }`;
}
