import { type Environment, isEmpty, isSet, namesOf } from './environment.js';
import { isLoopback } from './loopback.js';
import { isSetting, misspeltSetting, namesUpstream, nearSetting } from './near-names.js';
import type { ConfigProblem } from './problems.js';
import type { Settings } from './read-settings.js';
import { URL_SETTINGS, upstreamOfSetting } from './upstreams.js';

/**
 * Decides whether the sandbox is served. If SANDBOX is not set, it is served unless an upstream is configured. A production
 * instance that lost its settings must not serve sample data, so any sign of production in the environment is a problem instead.
 */
export function decideSandbox(env: Environment, settings: Settings): { sandbox: boolean; problems: ConfigProblem[] } {
  const { SANDBOX: wanted } = settings;
  const urls = URL_SETTINGS.filter((name) => isSet(env, name));
  if (urls.length > 0) {
    return { sandbox: wanted === true, problems: wanted ? [bothWanted(urls)] : [] };
  }
  const reasons = wanted === undefined ? signsOfProduction(env, settings.HOST) : [];
  if (wanted === false) reasons.push('SANDBOX is false');
  return { sandbox: reasons.length === 0, problems: reasons.length > 0 ? [noUpstream(reasons)] : [] };
}

function bothWanted(urls: readonly string[]): ConfigProblem {
  return {
    variable: 'SANDBOX',
    received: '"true"',
    expected: `"false", because ${urls.join(' and ')} ${urls.length === 1 ? 'is' : 'are'} set`,
  };
}

function noUpstream(reasons: readonly string[]): ConfigProblem {
  const [variable = '', ...others] = URL_SETTINGS;
  return {
    variable,
    received: 'nothing',
    expected: `an address here or in ${others.join(' or ')}, or SANDBOX=true: the sandbox does not start by itself, because ${reasons.join(' and ')}`,
  };
}

const FOR_PRODUCTION = /^(REDIS|PUBLIC)_URL$/;

function signsOfProduction(env: Environment, host: string): string[] {
  const names = namesOf(env).filter((name) => isSignOfProduction(name, env));
  return [...(isLoopback(host) ? [] : ['HOST is not loopback']), ...names.map(describeSign)];
}

/** A misspelt name is a sign, because a setting is missing. An empty setting is not, because it is a problem of its own. */
function isSignOfProduction(name: string, env: Environment): boolean {
  if (isSetting(name)) {
    return (upstreamOfSetting(name) !== undefined || FOR_PRODUCTION.test(name)) && !isEmpty(env, name);
  }
  return namesUpstream(name) || /^(SANDBOX|REDIS_URL|PUBLIC_URL)$/.test(misspeltSetting(name) ?? '');
}

function describeSign(name: string): string {
  const near = nearSetting(name);
  return near === undefined ? `${name} is set` : `${name} (did you mean ${near}?) is set`;
}
