import type { z } from 'zod';

/** Replaces a value that may be a secret. */
export const HIDDEN = '(not shown)';

/** One variable that cannot be used. `received` is safe to print: it never contains a secret. */
export interface ConfigProblem {
  readonly variable: string;
  readonly received: string;
  readonly expected: string;
}

/**
 * The environment cannot be used. `problems` contains every problem, not only the first one. `unknown` has a sentence for
 * each misspelt setting, which may be the cause.
 */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];
  readonly unknown: readonly string[];

  constructor(problems: readonly ConfigProblem[], unknown: readonly string[]) {
    super(
      [
        `The gateway cannot start: ${problems.length === 1 ? '1 setting is' : `${problems.length} settings are`} invalid.`,
        ...problems.map(
          ({ variable, received, expected }) => `  ${variable}: received ${received}, expected ${expected}`,
        ),
        ...unknown.map((sentence) => `  ${sentence}`),
      ].join('\n'),
    );
    this.name = 'ConfigError';
    this.problems = problems;
    this.unknown = unknown;
  }
}

/** The problem of a variable whose check failed. The value stays hidden unless the check provides a text to show. */
export function problemOf(variable: string, issue: z.core.$ZodIssue): ConfigProblem {
  const received = issue.code === 'custom' ? issue.params?.received : undefined;
  return { variable, received: typeof received === 'string' ? received : HIDDEN, expected: issue.message };
}
