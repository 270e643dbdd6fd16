import type { z } from 'zod';
import type { Environment } from './environment.js';
import { type ConfigProblem, problemOf } from './problems.js';
import { SETTINGS, TABLE } from './settings.js';

/** A value for each variable of the table; undefined for one that is not set and has no default. */
export type Settings = z.output<typeof TABLE>;

/**
 * Reads every variable of the table. A variable that cannot be used is in `problems` and has its default in `settings`, so
 * that the rules about several variables can be checked too. An empty value is a problem unless the table allows it.
 */
export function readSettings(env: Environment): { settings: Settings; problems: ConfigProblem[] } {
  const filled = Object.fromEntries(SETTINGS.map(({ name }) => [name, env[name] || undefined]));
  const problems = [...emptyValues(env), ...wrongValues(filled)];
  const usable = { ...filled, ...Object.fromEntries(problems.map(({ variable }) => [variable, undefined])) };
  return { settings: TABLE.parse(usable), problems };
}

/** A compose file sets a variable to an empty value if its own variable is missing. */
function emptyValues(env: Environment): ConfigProblem[] {
  return SETTINGS.filter(({ name, mayBeEmpty }) => env[name] === '' && !mayBeEmpty).map(({ name }) => ({
    variable: name,
    received: 'an empty value',
    expected: 'a value (or remove the variable)',
  }));
}

function wrongValues(filled: Environment): ConfigProblem[] {
  const { error } = TABLE.safeParse(filled);
  return (error?.issues ?? []).map((issue) => problemOf(String(issue.path[0]), issue));
}
