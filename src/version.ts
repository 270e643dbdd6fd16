import { readFileSync } from 'node:fs';
import { packageFile } from './package-file.js';

/** The version of this package, such as `0.1.0`. */
export const VERSION = readVersion();

function readVersion(): string {
  const text = readFileSync(packageFile('package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
