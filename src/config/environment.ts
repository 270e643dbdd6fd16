/** The environment of the process. In most settings an empty value is an error; everywhere else it counts as not set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The sorted names of all variables that are set, including those with an empty value. */
export function namesOf(env: Environment): string[] {
  return Object.keys(env)
    .filter((name) => env[name] !== undefined)
    .sort();
}

export function isSet(env: Environment, name: string): boolean {
  return Boolean(env[name]);
}

export function isEmpty(env: Environment, name: string): boolean {
  return env[name] === '';
}
