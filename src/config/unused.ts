import { SETTINGS } from './settings.js';
import type { Variables } from './variables.js';

interface Switches {
  readonly sandbox: boolean;
  readonly anonymousUsesTokens: boolean;
}

/** What is set and has no effect, one sentence each, names only: misspelt names, and settings that lack their counterpart. */
export function unusedSettings(variables: Variables, config: Switches): string[] {
  const names = variables.names();
  return [...names.flatMap(unknownName), ...names.flatMap((name) => whyUnused(name, variables, config))];
}

function unknownName(name: string): string[] {
  if (!/^(INKEEP|KATAVEN)_/.test(name) || SETTINGS.some((setting) => setting.name === name)) return [];
  const near = SETTINGS.map((setting) => ({ name: setting.name, distance: editDistance(name, setting.name) }))
    .filter(({ distance }) => distance <= 3)
    .sort((a, b) => a.distance - b.distance)[0];
  return [`${name} is not a setting of this gateway${near ? `; did you mean ${near.name}?` : '.'}`];
}

function whyUnused(name: string, variables: Variables, config: Switches): string[] {
  const url = NEEDED_URL.get(name);
  if (url === undefined) return [];
  if (config.sandbox) return [`${name} is not used: the sandbox has its own.`];
  if (!variables.has(url)) return [`${name} is not used: ${url} is not set.`];
  if (name === 'INKEEP_TENANT_ID') return [];
  if (!config.anonymousUsesTokens) {
    return [`${name} is not used: ANONYMOUS_USES_TOKENS is not true, so callers present their own credentials.`];
  }
  if (!variables.has(name.replace('_ACCOUNT_ID', '_TOKEN'))) {
    return [`${name} is not used: it goes with KATAVEN_TOKEN, which is not set.`];
  }
  return [];
}

/** Settings that mean nothing without the address of their upstream. */
const NEEDED_URL = new Map([
  ['INKEEP_TENANT_ID', 'INKEEP_URL'],
  ['INKEEP_TOKEN', 'INKEEP_URL'],
  ['KATAVEN_TOKEN', 'KATAVEN_URL'],
  ['KATAVEN_ACCOUNT_ID', 'KATAVEN_URL'],
]);

/** Levenshtein: letters to add, drop or change. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
