import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { buildSchema, parse, validate } from 'graphql';
import { expect, test } from 'vitest';
import type { OperationCost } from '../../src/graph/core/cost/operation-cost.js';
import { startGateway } from '../support/gateway.js';
import { randomDocument, type Values } from '../support/random-document.js';

const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));

const id = (text: string): string => JSON.stringify(Buffer.from(text).toString('base64url'));

const TEXTS = [
  'support-desk',
  'triage',
  'router',
  'zendesk',
  'take_message',
  'Web',
  'http',
  '',
  '__proto__',
  'constructor',
  '..',
];
const VALUES: Values = {
  ID: [
    id('Project:default/support-desk'),
    id('Agent:default/support-desk/triage'),
    id('SubAgent:default/support-desk/triage/router'),
    id('Tool:default/support-desk/zendesk'),
    id('Tool:default/support-desk/none'),
    id('VoiceAgent:agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6A'),
    id('VoiceAgentTool:agent_01HZ2N7G3K8M0Q5R7T9V2X4Y6A/take_message'),
    id('__proto__:a'),
    '""',
    '7',
    '"constructor"',
  ],
  String: TEXTS.map((text) => JSON.stringify(text)),
  Int: ['0', '1', '3', '500', '-1', '2147483647'],
  Float: ['0.5', '1'],
  Boolean: ['true', 'false'],
  JSON: ['null', '1', '"a"', '[]', '{}', '[1, "a"]'],
  JSONObject: ['{}'],
};

/** To try other documents: `FUZZ_SEED=1 FUZZ_RUNS=5000 npx vitest run test/graph/fuzz.test.ts`. */
const { FUZZ_SEED = '20261126', FUZZ_RUNS = '200' } = process.env;

test.each(['query', 'mutation'] as const)(
  'no valid %s causes an internal error or more calls than its cost',
  async (operation) => {
    const gateway = await startGateway({ discoveryMs: 0, hangMs: 5 });
    let documents = 0;
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (g) => {
        const { query, variables } = randomDocument(g, schema, operation, VALUES);
        expect(
          validate(schema, parse(query)).map(({ message }) => message),
          query,
        ).toEqual([]);
        const answer = await gateway.query(query, variables, { 'x-gateway-cost': '1' });
        const broken = (answer.errors ?? []).filter(({ extensions }) => extensions?.code === 'INTERNAL_SERVER_ERROR');
        expect(broken, `${query}\n${JSON.stringify(variables)}`).toEqual([]);
        const { cost, upstream } = (answer.extensions ?? {}) as Partial<
          typeof answer.extensions & { cost: OperationCost }
        >;
        if (cost && upstream) {
          expect(upstream.calls, `${query}\n${JSON.stringify(variables)}`).toBeLessThanOrEqual(cost.calls.atMost);
        }
        documents += 1;
      }),
      { seed: Number(FUZZ_SEED), numRuns: Number(FUZZ_RUNS), endOnFailure: true },
    );
    expect(documents).toBe(Number(FUZZ_RUNS));
  },
  60_000,
);
