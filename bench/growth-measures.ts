export type Measure = 'ms' | 'cpuMs' | 'memoryMiB' | 'calls';

/** What is measured, in the order of the table and the plot. */
export const MEASURES: readonly { readonly key: Measure; readonly title: string }[] = [
  { key: 'ms', title: 'time, ms' },
  { key: 'cpuMs', title: 'CPU, ms' },
  { key: 'memoryMiB', title: 'memory, MiB' },
  { key: 'calls', title: 'calls' },
];

/**
 * The cost of one response, or of one response for each client. `ms` is the time until the response has arrived, `memoryMiB` the
 * peak of the resident memory above what the gateway needs to start, and `calls` counts upstream calls.
 */
export type Step = Readonly<Record<Measure | 'size', number>>;

export interface Series {
  readonly name: string;
  readonly steps: readonly Step[];
  /** The cost per item of the last step, as a multiple of the step before it. 1 is linear. */
  readonly growth: Readonly<Record<Measure, number>>;
}
