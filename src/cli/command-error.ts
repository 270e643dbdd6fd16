import { USAGE } from './usage.js';

/**
 * An error that the operator can fix. `main` prints the message without a stack and exits with `exitCode`:
 * 2 for a wrong command line, 1 for everything else.
 */
export class CommandError extends Error {
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2) {
    super(message);
    this.name = 'CommandError';
    this.exitCode = exitCode;
  }
}

/** A wrong command line: the problem, followed by the usage. */
export function wrongUsage(problem: string): CommandError {
  return new CommandError(`${problem}\n\n${USAGE}`, 2);
}
