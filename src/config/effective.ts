import { type Environment, isSet } from './environment.js';
import type { Config } from './load-config.js';
import { HIDDEN } from './problems.js';
import { SETTINGS, type Setting } from './settings.js';

/** A setting as the gateway uses it. */
export interface EffectiveSetting {
  readonly name: string;
  /** Without secrets. Undefined if it is not set and has no default. */
  readonly value: string | undefined;
  /** The variable that sets it: `name`, or `https_proxy` for `HTTPS_PROXY`. Undefined for a default. */
  readonly variable: string | undefined;
}

/** Defaults that depend on other settings. */
const COMPUTED: Readonly<Record<string, (config: Config) => string | undefined>> = {
  SANDBOX: ({ sandbox }) => String(sandbox),
  GRAPHIQL: ({ graphiql }) => String(graphiql),
  STATUS_INTERVAL_MS: ({ statusIntervalMs }) => String(statusIntervalMs),
  ALLOWED_HOSTS: ({ allowedHosts }) => allowedHosts?.join(',') ?? '*',
};

/** These have effect in either letter case, and the lower case wins. */
const PROXY_SETTINGS = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'];

/** Returns all settings in the order of the table. `config` is what `loadConfig` made of `env`. */
export function effectiveSettings(env: Environment, config: Config): EffectiveSetting[] {
  return SETTINGS.map((setting) => {
    const { name } = setting;
    const variable = variableOf(env, name);
    if (variable !== undefined) return { name, value: withoutSecrets(setting, env[variable] ?? ''), variable };
    const value = COMPUTED[name] ? COMPUTED[name](config) : setting.default;
    return { name, value: value === '-' || value === '' ? undefined : value, variable };
  });
}

/** Returns the variable that sets a setting. An empty value counts as not set. */
function variableOf(env: Environment, name: string): string | undefined {
  const names = PROXY_SETTINGS.includes(name) ? [name.toLowerCase(), name] : [name];
  return names.find((variable) => isSet(env, variable));
}

function withoutSecrets({ secret }: Setting, text: string): string {
  if (secret === 'value') return HIDDEN;
  if (secret === undefined) return text;
  return text.replace(/^([a-z+-]+:\/\/)?.*@/is, `$1${HIDDEN}@`).replace(/[?#].*$/s, `?${HIDDEN}`);
}
