import { z } from 'zod';
import { isWrong, type NodeKey, type NodeType, readNodeId } from './node-id.js';
import { InvalidInputError } from './user-errors.js';

/** Checks a mutation's input as a whole, before any call. Throws InvalidInputError with every problem. */
export function parseInput<Shape extends z.ZodType>(shape: Shape, input: unknown): z.infer<Shape> {
  const parsed = shape.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(
    parsed.error.issues.map((issue) => ({ path: issue.path.map(String), message: issue.message })),
  );
}

/** A global id that must be of this type; gives its key. */
export function nodeId<Type extends NodeType>(type: Type) {
  return z.string().transform((id, context): NodeKey<Type> => {
    const key = readNodeId(type, id);
    if (!isWrong(key)) return key;
    context.addIssue({ code: 'custom', message: `The id ${key.wrong}.` });
    return z.NEVER;
  });
}

/** An update has to change something. */
export function requireChange(changes: object, what: string): void {
  if (Object.keys(changes).length > 0) return;
  throw new InvalidInputError([{ path: [], message: `Give at least one field of the ${what} to change.` }]);
}

/** HTTP headers for an MCP server, within the upstream's limits. Reserved names are the upstream's to refuse. */
export const headersInput = z.record(
  z
    .string()
    .regex(
      /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/,
      "A header name is 1 to 128 letters, digits or any of !#$%&'*+-.^_`|~.",
    ),
  z
    .string('A header value is text.')
    .min(1, 'A header value is 1 to 1000 characters long.')
    .max(1000, 'A header value is 1 to 1000 characters long.')
    .regex(/^[^\r\n\0]*$/, 'A header value has no line breaks.'),
);

/** Fields of an input that were given, so that what is left out stays as it is. */
export function given<Fields extends object>(fields: Fields): Partial<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Fields>;
}
