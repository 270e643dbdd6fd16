import { SETTINGS } from '../config/load-config.js';
import { USAGE } from './usage.js';

/** Returns the text of `--help`: the commands, and every setting with its meaning and default. */
export function help(): string {
  const width = Math.max(...SETTINGS.map(({ name }) => name.length));
  const lines = SETTINGS.map(({ name, default: value, meaning }) => {
    const suffix = value === '-' ? '' : ` (default ${value})`;
    return `  ${name.padEnd(width)}  ${meaning}${suffix}`;
  });
  return `${USAGE}\nSettings are environment variables:\n${lines.join('\n')}`;
}
