import { effectiveSettings } from '../config/effective.js';
import type { Environment } from '../config/load-config.js';
import { readConfig } from './read-config.js';

/**
 * Returns the effective settings as lines of a `.env` file, without secrets: those of the environment, and the defaults in
 * comments. Warnings come first. Throws a CommandError if a setting is invalid.
 *
 *     PORT=8080           # set
 *     #LOG_LEVEL=info     # default
 */
export function describeConfig(env: Environment): string {
  const config = readConfig(env);
  const lines = effectiveSettings(env, config).map(({ name, value = '', variable }) => {
    if (variable !== undefined) return [`${name}=${value}`, variable === name ? '# set' : `# set by ${variable}`];
    return [`#${name}=${value}`, value === '' ? '# not set' : '# default'];
  });
  const width = Math.min(60, Math.max(...lines.map(([setting = '']) => setting.length)));
  return [
    ...config.warnings.map((warning) => `# Warning: ${warning}`),
    ...lines.map(([setting = '', comment]) => `${setting.padEnd(width)}  ${comment}`),
  ].join('\n');
}
