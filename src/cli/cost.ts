import { readFile } from 'node:fs/promises';
import { type DocumentNode, GraphQLError, Kind, parse, specifiedRules, validate } from 'graphql';
import { planCost } from '../graph/core/cost/operation-cost.js';
import { schema } from '../graph/index.js';
import { findExceededLimit } from '../transport/execution/documents/document-limits.js';
import { TRANSPORT_LIMITS } from '../transport/limits.js';
import { CommandError, wrongUsage } from './command-error.js';

/**
 * Returns one line for each operation of a file: its name, and its cost. Variables have their default values; a list whose size is
 * a variable without one counts with the default size. Throws a CommandError if the file cannot be read or an operation is not valid.
 *
 *     AgentDeep: cost 62, calls 4 to 62, rows up to 2550, probes up to 0
 */
export async function describeCosts(path: string | undefined): Promise<string> {
  if (path === undefined) throw wrongUsage('"cost" needs a file of operations.');
  const document = await readDocument(path);
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  return operations
    .map((operation) => {
      const { total, calls, rows, probes } = planCost(schema, document, operation).costOf({});
      const name = operation.name?.value ?? `anonymous ${operation.operation}`;
      return `${name}: cost ${total}, calls ${calls.expected} to ${calls.atMost}, rows up to ${rows.atMost}, probes up to ${probes.atMost}`;
    })
    .join('\n');
}

async function readDocument(path: string): Promise<DocumentNode> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(`"${path}" cannot be read: ${error.code}.`, 1);
  });
  try {
    const document = parse(text, { maxTokens: TRANSPORT_LIMITS.shape.tokens });
    const exceeded = findExceededLimit(document, TRANSPORT_LIMITS.shape);
    const problems = exceeded ? [exceeded] : validate(schema, document, specifiedRules);
    if (problems.length > 0) throw new CommandError(problems.map((problem) => describe(problem, path)).join('\n'), 1);
    return document;
  } catch (error) {
    throw error instanceof GraphQLError ? new CommandError(describe(error, path), 1) : error;
  }
}

function describe({ message, locations }: GraphQLError, path: string): string {
  const [place] = locations ?? [];
  return `${path}${place ? `:${place.line}:${place.column}` : ''}: ${message}`;
}
