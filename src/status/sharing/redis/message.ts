import { z } from 'zod';

/** The live fields besides `status` and `lastError`. An upstream may leave each of them out. */
const live = z.object({
  availableTools: z
    .array(
      z.looseObject({
        name: z.string(),
        description: z.string().nullish(),
        inputSchema: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .nullish(),
  version: z.string().nullish(),
  expiresAt: z.string().nullish(),
  createdBy: z.string().nullish(),
});

const state = z.object({
  toolId: z.string(),
  status: z.string(),
  lastError: z.string().nullable(),
  freshness: z.enum(['LIVE', 'STALE']),
  removed: z.boolean(),
  observedAt: z.string(),
  ageMs: z.number(),
  live: live.optional(),
});

/**
 * Messages on the channel of a watch.
 *
 * - `states`: results of the holder. `number` is that of its lease; `count` is how many messages with states it has sent under
 *   that lease. Sent without states at the end of each round, so that listeners can compare the count.
 * - `outage`: the upstream could not answer the holder. Sent because a holder that has just started has no states to mark as stale.
 * - `resend`: a listener has missed something, and requests everything that the holder knows. Only the instance `to` receives the
 *   answer: an answer to all would make the start of many instances cost the square of their number.
 * - `released`: the lease was released, and no instance polls.
 */
const message = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('states'),
    number: z.number(),
    count: z.number(),
    isWhole: z.boolean(),
    states: z.array(state),
  }),
  z.object({ kind: z.literal('outage'), number: z.number() }),
  z.object({ kind: z.literal('resend'), to: z.string() }),
  z.object({ kind: z.literal('released') }),
]);

export type Message = z.infer<typeof message>;

/** A mutation through the instance `from` changed a tool or, without an id, which tools an agent or project has. */
const touch = z.object({ from: z.string(), project: z.string(), toolId: z.string().optional() });

export type Touch = z.infer<typeof touch>;

/** What is sent to one instance: the hash of the share, and its sealed message. */
export function addressed(hash: string, sealed: string): string {
  return `${hash} ${sealed}`;
}

/** Returns the hash and the sealed message again. */
export function readAddressed(text: string): { readonly hash: string; readonly sealed: string } {
  const [hash = '', sealed = ''] = text.split(' ', 2);
  return { hash, sealed };
}

/** Parses a message of Redis; undefined if it is not one of ours. */
export function readMessage(text: string): Message | undefined {
  return read(message, text);
}

/** Parses a message of the touch channel; undefined if it is not one of ours. */
export function readTouch(text: string): Touch | undefined {
  return read(touch, text);
}

function read<Value>(schema: z.ZodType<Value>, text: string): Value | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
