import { type Environment, isSet, namesOf } from './environment.js';
import { isSetting, nearSetting } from './near-names.js';
import { PREFIXES, UPSTREAM_SETTINGS, upstreamOfSetting } from './upstreams.js';

interface Switches {
  readonly sandbox: boolean;
  readonly anonymousUsesTokens: boolean;
}

/** Returns a sentence, without values, for each variable that has no effect: a misspelt name, or a setting that needs another one. */
export function unusedSettings(env: Environment, config: Switches): string[] {
  const names = namesOf(env);
  return [...names.flatMap((name) => unknownName(name, env)), ...names.flatMap((name) => whyUnused(name, env, config))];
}

/** Other programs' variables are ignored, unless the name is similar to a setting that is not set. */
function unknownName(name: string, env: Environment): string[] {
  if (isSetting(name)) return [];
  const near = nearSetting(name);
  if (PREFIXES.some((prefix) => name.startsWith(`${prefix}_`)) || (near !== undefined && !isSet(env, near))) {
    return [`${name} is not a setting of this gateway${near ? `; did you mean ${near}?` : '.'}`];
  }
  return [];
}

function whyUnused(name: string, env: Environment, config: Switches): string[] {
  const upstream = upstreamOfSetting(name);
  if (upstream === undefined) return [];
  const isCount = name.includes('_MAX_');
  if (config.sandbox) return isCount ? [] : [`${name} is not used: the sandbox has its own.`];
  const url = `${upstream.toUpperCase()}_URL`;
  if (!isSet(env, url)) return [`${name} is not used: ${url} is not set.`];
  const { credential } = UPSTREAM_SETTINGS[upstream];
  if (!credential.includes(name)) return [];
  if (!config.anonymousUsesTokens) {
    return [`${name} is not used: ANONYMOUS_USES_TOKENS is not true, so callers send their own credentials.`];
  }
  const [token = name] = credential;
  return isSet(env, token) ? [] : [`${name} is not used: it is sent with ${token}, which is not set.`];
}
