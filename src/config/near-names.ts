import { SETTINGS } from './settings.js';

/** PUBLIC is set by Windows for every user; the others are the usual spelling of proxy settings. */
const NAMES_OF_OTHERS = ['PUBLIC', 'http_proxy', 'https_proxy', 'no_proxy'];

/**
 * The setting that an unknown name is probably meant for: misspelt, in another letter case, or cut off after a word, as in
 * `CORS_ORIGIN`, `redis_url`, `STATUS_INTERVAL`. Undefined for settings, and for names that are like none.
 */
export function nearSetting(name: string): string | undefined {
  if (isSetting(name) || NAMES_OF_OTHERS.includes(name)) return undefined;
  return misspeltSetting(name) ?? SETTINGS.find((setting) => isCutOff(name.toUpperCase(), setting.name))?.name;
}

/** As `nearSetting`, but not for names that are cut off: those may well be another program's. */
export function misspeltSetting(name: string): string | undefined {
  if (isSetting(name)) return undefined;
  const upper = name.toUpperCase();
  const near = SETTINGS.map((setting) => ({ name: setting.name, distance: editDistance(upper, setting.name) }))
    .filter((setting) => isNear(upper, setting))
    .sort((a, b) => a.distance - b.distance)[0];
  return near?.name;
}

/** Whether the first word of a name is that of an upstream, or misspelt by one letter. */
export function namesUpstream(name: string): boolean {
  const [word = ''] = name.toUpperCase().split('_');
  return ['INKEEP', 'KATAVEN'].some((upstream) => editDistance(word, upstream) <= 1);
}

export function isSetting(name: string): boolean {
  return SETTINGS.some((setting) => setting.name === name);
}

/** A letter in four may be wrong; in short names (HOST, PORT) none. Two that differ at once from the first letter on are strangers. */
function isNear(upper: string, { name, distance }: { readonly name: string; readonly distance: number }): boolean {
  if (distance === 0) return true;
  if (name.length < 6 || distance > Math.min(3, Math.floor(name.length / 4))) return false;
  return distance === 1 || upper[0] === name[0];
}

/** Whole words, and most letters of the setting: LOG is not LOG_LEVEL. */
function isCutOff(upper: string, setting: string): boolean {
  return setting.startsWith(`${upper}_`) && upper.length > setting.length / 2;
}

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
