import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { pages, read, readAll } from '../support/documents.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe.each([...pages])('%s', (path, text) => {
  test('links to files and headings that exist', () => {
    const targets = [...text.matchAll(/\]\((?!http)([^)]+)\)/g)].map(([, target = '']) => target);
    expect(targets.filter((target) => !leadsSomewhere(path, target))).toEqual([]);
  });

  test('names source files that exist', () => {
    const named = [...text.matchAll(/`((?:src|test|scripts|examples|docs)\/[\w./-]+)`/g)].map(([, name = '']) => name);
    // Widgets are the made-up resource of CONTRIBUTING.md.
    const missing = named.filter((name) => !name.includes('widget') && !existsSync(join(ROOT, name)));
    expect(missing).toEqual([]);
  });
});

function leadsSomewhere(from: string, target: string): boolean {
  const [file = '', heading] = target.split('#');
  const path = file === '' ? from : join(dirname(from), file);
  if (!existsSync(join(ROOT, path))) return false;
  return heading === undefined || anchorsOf(read(path)).includes(heading);
}

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

test('the README links to every page of docs/', () => {
  const reachable = [pages.get('README.md'), pages.get('CONTRIBUTING.md'), pages.get('docs/operating.md')].join('\n');
  const missing = [...pages.keys()].filter(
    (path) => path.startsWith('docs/') && !reachable.includes(`${path})`) && !reachable.includes(`](${path.slice(5)})`),
  );
  expect(missing).toEqual([]);
});

const decisions = readAll('docs/decisions', '.md');

test('every package and every override has its reason in the decisions', () => {
  const { dependencies, devDependencies, overrides } = JSON.parse(read('package.json'));
  const names = Object.keys({ ...dependencies, ...devDependencies, ...overrides });
  const text = decisions.join('\n');
  expect(names.filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});

test('every decision has its five lines and its date', () => {
  for (const text of decisions.filter((text) => /^# \d/.test(text))) {
    expect(text).toMatch(/^# \d+\. .+ \(\d{4}-\d\d-\d\d\)\n/);
    const lines = [...text.matchAll(/^- \*\*(.+?)\.\*\* ./gm)].map(([, name]) => name);
    expect(lines).toEqual(['Question', 'Choice', 'Why', 'Given up', 'Would change our mind']);
  }
});
