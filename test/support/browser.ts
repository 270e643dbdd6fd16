import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { onTestFinished, type TestContext } from 'vitest';
import { findProgram } from './programs.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const QUIET = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** What a page did that it should not, as text; empty for a page that behaves. */
export interface Watched {
  readonly page: Page;
  readonly complaints: readonly string[];
  /** Origins of everything it asked for. */
  readonly origins: ReadonlySet<string>;
}

/**
 * A page in the Chromium that `CHROMIUM` or the PATH names, watched from its first request on; closed when the test ends.
 * Without a Chromium the test is skipped and says what was left out; with REQUIRE_ALL=1 it fails.
 */
export async function openPage(context: TestContext, options: BrowserContextOptions = {}): Promise<Watched> {
  const browser = await launch(context);
  onTestFinished(() => browser.close());
  const page = await browser.newPage(options);
  // Below the limit of a test, so that a failure names the element that did not come.
  page.setDefaultTimeout(15_000);
  const complaints: string[] = [];
  const origins = new Set<string>();
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('request', (request) => origins.add(new URL(request.url()).origin));
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`status ${response.status()}: ${response.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return { page, complaints, origins };
}

async function launch(context: TestContext): Promise<Browser> {
  const executablePath = process.env.CHROMIUM || findProgram(context, NAMES, ', and no CHROMIUM');
  return chromium.launch({ executablePath, args: QUIET });
}
