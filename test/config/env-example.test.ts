import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { SETTINGS } from '../../src/config/load-config.js';

test('.env.example has every setting with its meaning and default, commented out, in the order of the table', () => {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const blocks = SETTINGS.map(({ name, default: value, meaning }) => {
    // A dash, and a default that depends on other settings, are not values to copy.
    const shown = value === '-' || value.includes(' ') ? '' : value;
    return `# ${meaning}\n#${name}=${shown}\n`;
  });
  expect(text).toBe(blocks.join('\n'));
});
