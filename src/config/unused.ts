import { type Environment, isSet, namesOf } from './environment.js';
import { isSetting, nearSetting } from './near-names.js';
import { PREFIXES, UPSTREAM_SETTINGS, upstreamOfSetting } from './upstreams.js';

interface Switches {
  readonly sandbox: boolean;
  readonly anonymousUsesTokens: boolean;
}

/**
 * Returns a sentence, without values, for each variable that is not a setting but has a name like one. Other programs'
 * variables are ignored.
 */
export function unknownSettings(env: Environment): string[] {
  return namesOf(env).flatMap((name) => {
    if (isSetting(name)) return [];
    const near = nearSetting(name);
    const isMeant = near === undefined ? isOfUpstream(name) : !isSameVariable(env, name, near);
    return isMeant ? [`${name} is not a setting of this gateway${near ? `; did you mean ${near}?` : '.'}`] : [];
  });
}

/** What Kubernetes sets for a service, which may have the name of an upstream: INKEEP_SERVICE_HOST, INKEEP_PORT_80_TCP. */
const OF_SERVICE = /_(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\d+_[A-Z]+(_PROTO|_PORT|_ADDR)?)?)$/;

function isOfUpstream(name: string): boolean {
  return PREFIXES.some((prefix) => name.startsWith(`${prefix}_`)) && !OF_SERVICE.test(name);
}

/** On Windows, `Port` is PORT. */
function isSameVariable(env: Environment, name: string, setting: string): boolean {
  return name.toUpperCase() === setting && env[name] === env[setting];
}

/** Returns a sentence, without values, for each setting that has no effect because it needs another one. */
export function unusedSettings(env: Environment, config: Switches): string[] {
  return namesOf(env).flatMap((name) => whyUnused(name, env, config));
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
