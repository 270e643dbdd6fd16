import { SETTINGS } from './settings.js';
import { PREFIXES } from './upstreams.js';

/** Windows sets PUBLIC for every user; the others are the usual spelling of the proxy settings. */
const NAMES_OF_OTHERS = ['PUBLIC', 'http_proxy', 'https_proxy', 'no_proxy'];

/**
 * Returns the setting that an unknown name probably means: misspelt, in another letter case, or without its last words, as in
 * `CORS_ORIGIN`, `redis_url`, `STATUS_INTERVAL`. Undefined for a setting itself, and for a name that is similar to none.
 */
export function nearSetting(name: string): string | undefined {
  if (isSetting(name) || NAMES_OF_OTHERS.includes(name)) return undefined;
  return misspeltSetting(name) ?? SETTINGS.find((setting) => isCutOff(inCapitals(name), setting.name))?.name;
}

/** Like `nearSetting`, but undefined for names without the last words: those may belong to another program. */
export function misspeltSetting(name: string): string | undefined {
  if (isSetting(name)) return undefined;
  const upper = inCapitals(name);
  const near = SETTINGS.map((setting) => ({ name: setting.name, distance: editDistance(upper, setting.name) }))
    .filter((setting) => isNear(upper, setting))
    .sort((a, b) => a.distance - b.distance)[0];
  return near?.name;
}

/** Returns whether the first word of a name is that of an upstream, or misspelt by one letter. */
export function namesUpstream(name: string): boolean {
  const [word = ''] = inCapitals(name).split('_');
  return PREFIXES.some((prefix) => editDistance(word, prefix) <= 1);
}

export function isSetting(name: string): boolean {
  return SETTINGS.some((setting) => setting.name === name);
}

/** With PROXIES as PROXY: a plural is one mistake, not three letters. */
function inCapitals(name: string): string {
  return name.toUpperCase().replace(/IES(?=_|$)/g, 'Y');
}

/** At most one letter in four may differ, and none in short names (HOST, PORT). With more than one, the first letter must agree. */
function isNear(upper: string, { name, distance }: { readonly name: string; readonly distance: number }): boolean {
  if (distance === 0) return true;
  if (name.length < 6 || distance > Math.min(3, Math.floor(name.length / 4))) return false;
  return distance === 1 || upper[0] === name[0];
}

/** The name has whole words and more than half of the setting's letters: LOG does not mean LOG_LEVEL. */
function isCutOff(upper: string, setting: string): boolean {
  return setting.startsWith(`${upper}_`) && upper.length > setting.length / 2;
}

/** The number of letters to add, remove, change or exchange with the next one. */
function editDistance(a: string, b: string): number {
  let previous: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      const isExchange = i > 0 && j > 0 && letter === b[j - 1] && a[i - 1] === other;
      const exchange = isExchange ? (previous[j - 1] ?? 0) + 1 : change;
      next.push(Math.min(change, exchange, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    previous = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
