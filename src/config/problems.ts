import type { z } from 'zod';

/** Replaces a value that may be a secret. */
export const HIDDEN = '(not shown)';

/** One variable that cannot be used. `received` is safe to print: a secret is never in it. */
export interface ConfigProblem {
  readonly variable: string;
  readonly received: string;
  readonly expected: string;
}

/** The environment cannot be used; `problems` holds everything that is wrong with it, not the first thing only. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super(
      [
        problems.length === 1 ? 'One setting needs attention:' : `${problems.length} settings need attention:`,
        ...problems.map(
          ({ variable, received, expected }) => `  ${variable}: received ${received}, expected ${expected}`,
        ),
      ].join('\n'),
    );
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** The problem of a variable whose check failed. Without a text that the check allows to show, the value stays hidden. */
export function problemOf(variable: string, issue: z.core.$ZodIssue): ConfigProblem {
  const received = issue.code === 'custom' ? issue.params?.received : undefined;
  return { variable, received: typeof received === 'string' ? received : HIDDEN, expected: issue.message };
}
