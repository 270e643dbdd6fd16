import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { SETTINGS } from '../../src/config/load-config.js';
import { runCli, serveCli } from '../support/cli.js';

const SECRETS = {
  INKEEP_URL: 'https://inkeep.example/manage',
  INKEEP_TOKEN: 'hunter2',
  INKEEP_STATUS_TOKEN: 'hunter2',
  KATAVEN_URL: 'https://kataven.example/v1',
  KATAVEN_TOKEN: 'hunter2',
  ANONYMOUS_USES_TOKENS: 'true',
  https_proxy: 'user:hunter2@proxy.example:3128',
  HTTP_PROXY: 'http://user:hunter2@proxy.example:3128',
  REDIS_URL: 'rediss://:hunter2@redis.example/2?password=hunter2',
};

test('config prints a line for each setting, and where it comes from', async () => {
  const { code, stdout, stderr } = await runCli(['config'], { PORT: '4001', HOST: '127.0.0.1' });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => /^#?(\w+)=/.exec(line)?.[1])).toEqual(SETTINGS.map(({ name }) => name));
  expect(lines).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^PORT=4001 +# set$/),
      expect.stringMatching(/^#LOG_LEVEL=info +# default$/),
      expect.stringMatching(/^#INKEEP_TENANT_ID= +# not set$/),
    ]),
  );
});

test('config prints defaults that depend on other settings as they are', async () => {
  const onSandbox = (await runCli(['config'])).stdout;
  expect(onSandbox).toMatch(/^#SANDBOX=true +# default$/m);
  expect(onSandbox).toMatch(/^#STATUS_INTERVAL_MS=2000 +# default$/m);
  const onUpstream = (await runCli(['config'], { INKEEP_URL: SECRETS.INKEEP_URL })).stdout;
  expect(onUpstream).toMatch(/^#SANDBOX=false +# default$/m);
  expect(onUpstream).toMatch(/^#STATUS_INTERVAL_MS=10000 +# default$/m);
});

test('what config prints is a file for --env-file, with the settings that are set', async () => {
  const env = { PORT: '4001', CORS_ORIGINS: 'https://a.example,https://*.b.example', SANDBOX: 'true' };
  expect(parseEnv((await runCli(['config'], env)).stdout)).toEqual(env);
});

test('config shows no secret, in a value or in a URL', async () => {
  const { code, stdout } = await runCli(['config'], SECRETS);
  expect(code).toBe(0);
  expect(stdout).not.toMatch(/hunter2|user/);
  expect(stdout).toMatch(/^INKEEP_TOKEN=\(not shown\) +# set$/m);
  expect(stdout).toMatch(/^HTTPS_PROXY=\(not shown\)@proxy\.example:3128 +# set by https_proxy$/m);
  expect(stdout).toMatch(/^HTTP_PROXY=http:\/\/\(not shown\)@proxy\.example:3128 +# set$/m);
  expect(stdout).toMatch(/^REDIS_URL=rediss:\/\/\(not shown\)@redis\.example\/2\?\(not shown\) +# set$/m);
});

test('config prints warnings first, and the problems of settings that are invalid', async () => {
  const { stdout } = await runCli(['config'], { INKEEP_URL: SECRETS.INKEEP_URL, INKEEP_MAX_CALS: '3' });
  expect(stdout.split('\n')[0]).toBe(
    '# Warning: INKEEP_MAX_CALS is not a setting of this gateway; did you mean INKEEP_MAX_CALLS?',
  );
  const { code, stderr } = await runCli(['config'], { PORT: 'http' });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr:
      'The gateway cannot start: 1 setting is invalid.\n  PORT: received "http", expected a whole number from 0 to 65535\n',
  });
});

test.each(['serve', 'config', 'doctor'])(
  '%s names a misspelt setting beside the right one and an invalid one',
  async (command) => {
    const env = { REDIS_URL: 'redis://localhost', REDIS_ULR: 'redis://hunter2', PORT: 'http', SANDBOX: 'true' };
    const { code, stdout, stderr } = await runCli([command], env);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('PORT: received "http"');
    expect(stdout + stderr).toContain('REDIS_ULR is not a setting of this gateway; did you mean REDIS_URL?');
    expect(stdout + stderr).not.toContain('hunter2');
  },
);

test('the banner of serve names the settings that are not defaults', async () => {
  expect((await serveCli({ LOG_LEVEL: 'warn' })).stdout()).toContain(
    'Settings PORT, LOG_LEVEL from the environment, and defaults; "gateway config" prints all\n',
  );
});
