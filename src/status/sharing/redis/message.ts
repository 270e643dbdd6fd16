import { z } from 'zod';

const state = z.object({
  toolId: z.string(),
  status: z.string(),
  lastError: z.string().nullable(),
  freshness: z.enum(['LIVE', 'STALE']),
  removed: z.boolean(),
  observedAt: z.string(),
  ageMs: z.number(),
});

/**
 * What instances say on the channel of a watch. `news` carries the number of the sender's lease, and how many news it has told
 * under it; without states it only tells that count. `ask`: a listener has missed something. `free`: nobody looks now.
 */
const message = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('news'),
    number: z.number(),
    count: z.number(),
    isWhole: z.boolean(),
    states: z.array(state),
  }),
  z.object({ kind: z.literal('ask') }),
  z.object({ kind: z.literal('free') }),
]);

export type Message = z.infer<typeof message>;

/** A tool of a project was changed through the instance `from`; without an id, what belongs to what. */
const touch = z.object({ from: z.string(), project: z.string(), toolId: z.string().optional() });

export type Touch = z.infer<typeof touch>;

/** A message as it came from Redis; undefined for anything else. */
export function readMessage(text: string): Message | undefined {
  return read(message, text);
}

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
