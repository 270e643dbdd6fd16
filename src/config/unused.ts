import { type Environment, isSet, namesOf } from './environment.js';
import { isSetting, nearSetting } from './near-names.js';

interface Switches {
  readonly sandbox: boolean;
  readonly anonymousUsesTokens: boolean;
}

/** The variables that are set and have no effect, one sentence each, names only: misspelt names, and settings that need another one. */
export function unusedSettings(env: Environment, config: Switches): string[] {
  const names = namesOf(env);
  return [...names.flatMap((name) => unknownName(name, env)), ...names.flatMap((name) => whyUnused(name, env, config))];
}

/** Other programs' variables are ignored, unless the name is close to a setting that is missing. */
function unknownName(name: string, env: Environment): string[] {
  if (isSetting(name)) return [];
  const near = nearSetting(name);
  if (/^(INKEEP|KATAVEN)_/.test(name) || (near !== undefined && !isSet(env, near))) {
    return [`${name} is not a setting of this gateway${near ? `; did you mean ${near}?` : '.'}`];
  }
  return [];
}

function whyUnused(name: string, env: Environment, config: Switches): string[] {
  const url = NEEDED_URL.get(name);
  if (url === undefined) return [];
  if (config.sandbox) return [`${name} is not used: the sandbox has its own.`];
  if (!isSet(env, url)) return [`${name} is not used: ${url} is not set.`];
  if (name === 'INKEEP_TENANT_ID') return [];
  if (!config.anonymousUsesTokens) {
    return [`${name} is not used: ANONYMOUS_USES_TOKENS is not true, so callers send their own credentials.`];
  }
  if (!isSet(env, name.replace('_ACCOUNT_ID', '_TOKEN'))) {
    return [`${name} is not used: it is sent with KATAVEN_TOKEN, which is not set.`];
  }
  return [];
}

/** Settings that have no effect without the address of their upstream. */
const NEEDED_URL = new Map([
  ['INKEEP_TENANT_ID', 'INKEEP_URL'],
  ['INKEEP_TOKEN', 'INKEEP_URL'],
  ['KATAVEN_TOKEN', 'KATAVEN_URL'],
  ['KATAVEN_ACCOUNT_ID', 'KATAVEN_URL'],
]);
