import { z } from 'zod';

/** A fault that an operator or a test can add. It affects `count` responses (default 1), after `skip` normal ones (default 0). */
export const FaultSchema = z.object({
  kind: z.enum(['status', 'hang', 'reset', 'truncate', 'slow', 'badjson', 'html', 'huge', 'wrongid']),
  count: z.number().int().positive().default(1),
  skip: z.number().int().nonnegative().default(0),
  /** Only requests whose path with query contains this. */
  match: z.string().optional(),
  /** Only this documented operation, for example `list-tools`. */
  operation: z.string().optional(),
  method: z.string().toUpperCase().optional(),
  /** `status` only (default 500). */
  status: z.number().int().min(200).max(599).default(500),
  /** `status` only; they override the default headers. */
  headers: z.record(z.string(), z.string()).default({}),
  /** `status` only: a string is sent as it is, everything else as JSON. Default: the upstream's own body for the status. */
  body: z.unknown().optional(),
  /** `slow` only: how long it takes to send the body. */
  bodyMs: z.number().nonnegative().default(1000),
  /** `huge` only: the size of the response. */
  megabytes: z.number().positive().max(200).default(10),
});

/** A fault as it is added; every member except `kind` has a default. */
export type FaultInput = z.input<typeof FaultSchema>;
export type Fault = z.output<typeof FaultSchema>;

interface Target {
  readonly operation: string;
  readonly method: string;
  readonly target: string;
}

/** The pending faults of one upstream, in the order in which they were added. */
export class Faults {
  #waiting: Fault[] = [];

  get waiting(): readonly Fault[] {
    return this.#waiting;
  }

  /** Adds a fault. Throws a ZodError if it is malformed. */
  add(fault: FaultInput): void {
    this.#waiting.push(FaultSchema.parse(fault));
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault for this request, which counts as used; undefined if the response is normal. */
  take(request: Target): Fault | undefined {
    for (const fault of this.#waiting) {
      if (!concerns(fault, request)) continue;
      if (fault.skip > 0) {
        fault.skip--;
        continue;
      }
      fault.count--;
      if (fault.count === 0) this.#waiting = this.#waiting.filter((other) => other !== fault);
      return fault;
    }
    return undefined;
  }
}

function concerns({ match, operation, method }: Fault, request: Target): boolean {
  return (
    (match === undefined || request.target.includes(match)) &&
    (operation === undefined || request.operation === operation) &&
    (method === undefined || request.method === method)
  );
}
