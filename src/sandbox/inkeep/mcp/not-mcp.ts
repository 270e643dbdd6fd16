import { z } from 'zod';

const Id = z.union([z.string(), z.number().int()]);
const Meta = z.looseObject({ progressToken: Id.optional() }).optional();
const Message = { jsonrpc: z.literal('2.0') };

// The shapes a message of the protocol can have.
const JsonRpc = z.union([
  z.strictObject({ ...Message, id: Id, method: z.string(), params: z.looseObject({ _meta: Meta }).optional() }),
  z.strictObject({ ...Message, method: z.string(), params: z.looseObject({ _meta: Meta }).optional() }),
  z.strictObject({ ...Message, id: Id, result: z.looseObject({ _meta: Meta }) }),
  z.strictObject({ ...Message, id: Id.optional(), error: z.object({ code: z.number().int(), message: z.string() }) }),
]);

/** The error that the upstream stores if a server returns JSON that is not MCP: the issues of its schema, several KB. */
export function notMcpError(): string {
  const answer = JsonRpc.safeParse({ hello: 'this is not an MCP server' });
  return answer.error?.message ?? '';
}
