import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'vitest';

/** Where Debian has servers, and the PATH of a user may not lead. */
const SYSTEM = ['/usr/sbin', '/usr/local/sbin'];

/**
 * Returns the path of the first of these programs that is installed. Without any, the test is skipped and says what was left out;
 * with REQUIRE_ALL=1 it fails. `advice` is added to the message.
 */
export function findProgram({ skip, task }: TestContext, names: readonly string[], advice = ''): string {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM];
  const program = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isExecutable);
  if (program) return program;
  const missing = `no ${names.join(', ')} on the PATH${advice}`;
  if (process.env.REQUIRE_ALL === '1') throw new Error(missing);
  console.warn(`Left out, as there is ${missing}: "${task.name}"`);
  return skip(missing);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
