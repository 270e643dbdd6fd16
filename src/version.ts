import { readFileSync } from 'node:fs';

/** The version of this package, such as `0.1.0`. Its package.json is one folder above both `src` and `dist`. */
export const VERSION = readVersion();

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
