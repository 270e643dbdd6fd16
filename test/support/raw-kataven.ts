import type { IncomingMessage, ServerResponse } from 'node:http';
import { startGateway } from './gateway.js';
import { startUpstream } from './scripted-upstream.js';

/** A voice agent of the upstream below. */
export const AGENT = Buffer.from('VoiceAgent:a1').toString('base64url');

/** Reads and writes the one row of that agent; `$c` is its config. */
export const ATTACH = `mutation ($a: ID!, $c: JSONObject) {
  attachToolToVoiceAgent(input: { agent: $a, toolName: "t1", config: $c }) {
    ... on AttachToolToVoiceAgentPayload { outcome agentTool { config } }
    ... on InvalidInputError { issues { path message } }
  }
}`;

/**
 * The gateway before a Kataven whose agent `a1` has one tool row, the config of which is this text, byte for byte. JSON goes
 * to and from the gateway as text too, since a parser would hide what happens to it.
 */
export async function startRawKataven(config = '{}') {
  const bodies: string[] = [];
  const row = (): string => `[{"agent_id":"a1","tool_name":"t1","enabled":true,"config":${config}}]`;
  const upstream = await startUpstream(async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(row());
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    bodies.push(Buffer.concat(chunks).toString());
    response.writeHead(200).end();
  });
  const gateway = await startGateway({ story: false }, { SANDBOX: 'false', KATAVEN_URL: upstream.url });
  return {
    url: gateway.url,
    /** What was written, in order. */
    bodies,
    requests: upstream.requests,
    /** Sends a GraphQL request whose variables are this text. The answer as text. */
    async send(query: string, variables = '{}'): Promise<string> {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer sk_live_1' },
        body: `{"query":${JSON.stringify(query)},"variables":${variables}}`,
      });
      return response.text();
    },
  };
}
