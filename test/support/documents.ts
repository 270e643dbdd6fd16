import { readdirSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);

/** The pages written by hand for users of the gateway, by path. Decisions are not among them. */
export const pages: ReadonlyMap<string, string> = new Map(
  [
    'README.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'bench/README.md',
    ...list('docs', '.md').map((name) => `docs/${name}`),
  ].map((path) => [path, read(path)]),
);

/** The text of a file; `path` is relative to the root of the repository. */
export function read(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** The texts of the files in a folder whose names end so. */
export function readAll(folder: string, ending: string): string[] {
  return list(folder, ending).map((name) => read(`${folder}/${name}`));
}

/** The code blocks of a page in a language, without their fences. */
export function blocks(path: string, language: string): string[] {
  const fenced = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms');
  return [...read(path).matchAll(fenced)].map(([, text = '']) => text);
}

/** The rows of the table under a heading (`## …`) of a page, as cells without code marks. Fails if there is no such table. */
export function table(path: string, heading: string): string[][] {
  const section = read(path)
    .split(/^## /m)
    .find((text) => text.startsWith(`${heading}\n`));
  const lines = (section ?? '').split('\n').filter((line) => line.startsWith('|'));
  const [, , ...rows] = lines.map(cellsOf);
  if (rows.length === 0) throw new Error(`${path} has no table under "${heading}"`);
  return rows;
}

function cellsOf(row: string): string[] {
  const cells = row.replaceAll('`', '').split('|').slice(1, -1);
  return cells.map((cell) => cell.trim());
}

function list(folder: string, ending: string): string[] {
  return readdirSync(new URL(folder, ROOT)).filter((name) => name.endsWith(ending));
}
