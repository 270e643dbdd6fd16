import { expect, test } from 'vitest';
import { openPage } from '../../support/browser.js';
import { startGateway } from '../../support/gateway.js';

test('the upstream calls of an answer are summed up, and drawn as a waterfall', async (context) => {
  const { page, complaints } = await openPage(context, { viewport: { width: 1440, height: 900 } });
  const { url } = await startGateway();
  const panel = page.locator('#calls');
  await page.goto(`${url}/graphql`);
  const run = page.getByRole('button', { name: /^Execute query/ });
  await run.waitFor();
  expect(await panel.locator('output').textContent()).toBe('none');

  await run.click();
  await panel.getByText(/^\d+ calls? instead of \d+, \d+ ms$/).waitFor();
  // The closed panel covers nothing of GraphiQL.
  const top = (await panel.boundingBox())?.y ?? 0;
  for (const part of [page.locator('#root'), page.getByRole('region', { name: 'Result Window' })]) {
    const box = await part.boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(top);
  }
  await panel.locator('summary').click();
  const rows = panel.getByRole('listitem');
  const first = (await rows.first().textContent()) ?? '';
  expect(first).toMatch(/^inkeep .*ms.* plain .* keys?/);
  if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
  expect(complaints).toEqual([]);
}, 60_000);
