/**
 * `npm run screenshots`: pictures of the explorer on the sandbox, for the README: docs/images/explorer-light.png and
 * explorer-dark.png. Needs a Chromium, whose path is in CHROMIUM or the one of Debian.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

const pathOf = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

async function takeScreenshot(browser: Browser, url: string, colorScheme: 'light' | 'dark'): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, colorScheme });
  await page.goto(`${url}/graphql`);
  await page.getByRole('button', { name: 'Show Upstream calls' }).click();
  await page.getByRole('button', { name: /^Execute query/ }).click();
  await page.locator('.calls-list').waitFor();
  // No tooltip and no focus ring.
  await page.mouse.move(640, 680);
  await page.evaluate('document.activeElement.blur()');
  await page.screenshot({ path: pathOf(`docs/images/explorer-${colorScheme}.png`), animations: 'disabled' });
  await page.close();
}

/** The address that the gateway prints when it has started. */
async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of output) {
    text += chunk;
    const [, url] = /^GraphQL +(\S+)\/graphql/m.exec(text) ?? [];
    if (url) return url;
  }
  throw new Error(`The gateway did not start: ${text}`);
}

mkdirSync(pathOf('docs/images'), { recursive: true });
const gateway = spawn(process.execPath, [pathOf('dist/main.js'), 'serve'], {
  env: { ...process.env, PORT: '0', SANDBOX: 'true', LOG_LEVEL: 'silent' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
});
try {
  const url = await addressIn(gateway.stdout);
  // The first answer takes longer than the others.
  for (const colorScheme of ['dark', 'light', 'dark'] as const) await takeScreenshot(browser, url, colorScheme);
} finally {
  await browser.close();
  gateway.kill();
}
