import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig, SETTINGS } from '../../src/config/load-config.js';

const inkeep = { INKEEP_URL: 'https://api.inkeep.test/manage' };

/** The problems of an environment, as `VARIABLE: received …, expected …`. */
function problemsOf(env: Record<string, string>): string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(
      ({ variable, received, expected }) => `${variable}: received ${received}, expected ${expected}`,
    );
  }
  return [];
}

describe('an empty environment', () => {
  test('gives the sandbox on loopback with every default', () => {
    expect(loadConfig({})).toEqual({
      host: '127.0.0.1',
      port: 4000,
      trustProxy: false,
      allowedHosts: ['127.0.0.1'],
      sandbox: true,
      anonymousUsesTokens: false,
      statusIntervalMs: 2000,
      statusAccessMs: 60_000,
      corsOrigins: [],
      persistedOnly: false,
      graphiql: true,
      introspection: true,
      coalesce: true,
      lanes: { inkeep: { maxCalls: 32, maxProbes: 16 }, kataven: { callsPerMinute: 60 } },
      maxUpstreamCalls: 100,
      maxWebSocketsPerClient: 2_000,
      maxSubscriptionsPerClient: 20_000,
      slowOperationMs: 3_000,
      logLevel: 'info',
      warnings: [],
    });
  });

  test('differs from one with empty values: each is a problem, except in CORS_ORIGINS and the proxy settings', () => {
    const env = Object.fromEntries(SETTINGS.map(({ name }) => [name, '']));
    const names = SETTINGS.map(({ name }) => name).filter(
      (name) => !/^(CORS_ORIGINS|HTTPS?_PROXY|NO_PROXY)$/.test(name),
    );
    expect(problemsOf(env)).toEqual(
      names.map((name) => `${name}: received an empty value, expected a value (or remove the variable)`),
    );
    const mayBeEmpty = { CORS_ORIGINS: '', HTTPS_PROXY: '', HTTP_PROXY: '', NO_PROXY: '' };
    expect(loadConfig(mayBeEmpty)).toEqual(loadConfig({}));
  });
});

describe('a full environment', () => {
  const env = {
    HOST: '0.0.0.0',
    PORT: '0',
    PUBLIC_URL: 'https://API.example.com:443/gw/',
    TRUST_PROXY: 'true',
    ALLOWED_HOSTS: 'Gateway.internal, *.example.com,[::2]',
    INKEEP_URL: 'https://api.inkeep.test/manage/',
    INKEEP_TENANT_ID: 'acme_1.x-y',
    INKEEP_TOKEN: 'inkeep-token',
    INKEEP_STATUS_TOKEN: 'status-token',
    INKEEP_MAX_PROBES: '1',
    INKEEP_MAX_CALLS: '1000',
    KATAVEN_URL: 'http://localhost:9000/v1',
    KATAVEN_TOKEN: 'sk_live_1',
    KATAVEN_ACCOUNT_ID: 'account-1',
    KATAVEN_CALLS_PER_MINUTE: '1000',
    ANONYMOUS_USES_TOKENS: 'true',
    HTTPS_PROXY: 'http://proxy.test:3128',
    HTTP_PROXY: 'http://other-proxy.test:3128',
    NO_PROXY: 'localhost',
    STATUS_INTERVAL_MS: '500',
    STATUS_ACCESS_MS: '1000',
    REDIS_URL: 'redis://:redis-password@localhost:6379/1',
    CORS_ORIGINS: 'https://App.Example.com, http://localhost:5173/ ,,https://b.test:443',
    PERSISTED_OPERATIONS: './persisted.json',
    PERSISTED_ONLY: 'true',
    GRAPHIQL: 'true',
    INTROSPECTION: 'false',
    COALESCE: 'false',
    MAX_UPSTREAM_CALLS: '10000',
    MAX_WEBSOCKETS_PER_CLIENT: '1',
    MAX_SUBSCRIPTIONS_PER_CLIENT: '1000000',
    MAX_OPERATION_COST: '5000',
    SLOW_OPERATION_MS: '0',
    LOG_LEVEL: 'debug',
  };

  test('is read completely', () => {
    expect(loadConfig(env)).toEqual({
      host: '0.0.0.0',
      port: 0,
      publicUrl: 'https://api.example.com/gw',
      trustProxy: true,
      allowedHosts: ['gateway.internal', '*.example.com', '[::2]', '0.0.0.0', 'api.example.com'],
      sandbox: false,
      inkeep: {
        url: 'https://api.inkeep.test/manage',
        proxy: { variable: 'HTTPS_PROXY', url: 'http://proxy.test:3128' },
        tenantId: 'acme_1.x-y',
        token: 'inkeep-token',
        statusToken: 'status-token',
      },
      kataven: { url: 'http://localhost:9000/v1', token: 'sk_live_1', accountId: 'account-1' },
      anonymousUsesTokens: true,
      statusIntervalMs: 500,
      statusAccessMs: 1000,
      redisUrl: 'redis://:redis-password@localhost:6379/1',
      corsOrigins: ['https://app.example.com', 'http://localhost:5173', 'https://b.test'],
      persistedOperations: './persisted.json',
      persistedOnly: true,
      graphiql: true,
      introspection: false,
      coalesce: false,
      lanes: { inkeep: { maxCalls: 1000, maxProbes: 1 }, kataven: { callsPerMinute: 1000 } },
      maxUpstreamCalls: 10_000,
      maxWebSocketsPerClient: 1,
      maxSubscriptionsPerClient: 1_000_000,
      maxOperationCost: 5000,
      slowOperationMs: 0,
      logLevel: 'debug',
      warnings: [],
    });
  });

  test('has every documented setting except SANDBOX', () => {
    expect(Object.keys(env)).toEqual(SETTINGS.map(({ name }) => name).filter((name) => name !== 'SANDBOX'));
  });

  test('gives a deeply frozen object', () => {
    const config = loadConfig(env);
    expect([config, config.inkeep, config.kataven, config.corsOrigins, config.warnings].every(Object.isFrozen)).toBe(
      true,
    );
  });

  test('is not changed by loadConfig', () => {
    const frozen = Object.freeze({ ...env });
    loadConfig(frozen);
    expect(frozen).toEqual(env);
  });
});

describe('the sandbox', () => {
  test.each(['localhost', '127.0.0.1', '127.1.2.3', '::1', 'LOCALHOST'])('is served on %s', (host) => {
    expect(loadConfig({ HOST: host }).sandbox).toBe(true);
  });

  test.each([
    [{ HOST: '0.0.0.0' }, 'HOST is not loopback'],
    [{ HOST: '127.0.0.1.evil.test' }, 'HOST is not loopback'],
    [{ INKEEP_TOKEN: 'x' }, 'INKEEP_TOKEN is set'],
    [{ KATAVEN_ACCOUNT_ID: 'x' }, 'KATAVEN_ACCOUNT_ID is set'],
    [{ INKEEP_MAX_PROBES: '4' }, 'INKEEP_MAX_PROBES is set'],
    [{ INKEEP_MISSPELT: 'x' }, 'INKEEP_MISSPELT is set'],
    [{ REDIS_URL: 'redis://localhost' }, 'REDIS_URL is set'],
    [{ PUBLIC_URL: 'https://api.example.com' }, 'PUBLIC_URL is set'],
    [{ SANDBOX: 'false' }, 'SANDBOX is false'],
    [{ HOST: '10.0.0.1', KATAVEN_TOKEN: 'x' }, 'HOST is not loopback and KATAVEN_TOKEN is set'],
  ])('is not served by default with %o', (env, reason) => {
    expect(problemsOf(env)).toEqual([
      `INKEEP_URL: received nothing, expected an address here or in KATAVEN_URL, or SANDBOX=true: the sandbox does not start by itself, because ${reason}`,
    ]);
  });

  test.each([
    [{ KATVEN_URL: 'x' }, 'KATVEN_URL (did you mean KATAVEN_URL?) is set'],
    [{ KATVEN_URL: '' }, 'KATVEN_URL (did you mean KATAVEN_URL?) is set'],
    [{ INKEPP_URL: 'x' }, 'INKEPP_URL (did you mean INKEEP_URL?) is set'],
    [{ NKEEP_URL: 'x' }, 'NKEEP_URL (did you mean INKEEP_URL?) is set'],
    [{ inkeep_url: 'x' }, 'inkeep_url (did you mean INKEEP_URL?) is set'],
    [{ KATVEN_API_BASE: 'x' }, 'KATVEN_API_BASE is set'],
    [{ KATAVEN: 'x' }, 'KATAVEN (did you mean KATAVEN_URL?) is set'],
    [{ REDIS_URI: 'x' }, 'REDIS_URI (did you mean REDIS_URL?) is set'],
    [{ SANBOX: 'false' }, 'SANBOX (did you mean SANDBOX?) is set'],
  ])('is not served by default if a setting is misspelt: %o', (env, reason) => {
    expect(problemsOf(env)).toEqual([
      `INKEEP_URL: received nothing, expected an address here or in KATAVEN_URL, or SANDBOX=true: the sandbox does not start by itself, because ${reason}`,
    ]);
  });

  test.each(['INKEEP_URL', 'KATAVEN_URL', 'REDIS_URL', 'INKEEP_TOKEN'])(
    'is not served if %s is empty, not even with SANDBOX=true',
    (name) => {
      const problem = `${name}: received an empty value, expected a value (or remove the variable)`;
      expect(problemsOf({ [name]: '' })).toEqual([problem]);
      expect(problemsOf({ [name]: '', SANDBOX: 'true' })).toEqual([problem]);
    },
  );

  test('is served anywhere with SANDBOX=true, and warns about settings that have no effect', () => {
    const config = loadConfig({
      ALLOWED_HOSTS: '*',
      SANDBOX: 'true',
      HOST: '0.0.0.0',
      INKEEP_TENANT_ID: 'acme',
      INKEEP_MAX_PROBES: '4',
    });
    expect(config).toMatchObject({
      sandbox: true,
      host: '0.0.0.0',
      lanes: { inkeep: { maxProbes: 4 } },
      statusIntervalMs: 2000,
    });
    expect(config.inkeep).toBeUndefined();
    expect(config.warnings).toEqual(['INKEEP_TENANT_ID is not used: the sandbox has its own.']);
  });

  test.each([
    [{ SANDBOX: 'true', INKEEP_URL: 'https://a.test' }, 'INKEEP_URL is'],
    [
      { SANDBOX: 'true', INKEEP_URL: 'https://a.test', KATAVEN_URL: 'https://b.test' },
      'INKEEP_URL and KATAVEN_URL are',
    ],
  ])('cannot be combined with a real upstream: %o', (env, names) => {
    expect(problemsOf(env)).toEqual([`SANDBOX: received "true", expected "false", because ${names} set`]);
  });

  test.each(['false', undefined])('is replaced by a real upstream if SANDBOX is %s', (SANDBOX) => {
    const config = loadConfig({ ...inkeep, SANDBOX });
    expect(config).toMatchObject({
      sandbox: false,
      inkeep: { url: 'https://api.inkeep.test/manage' },
      statusIntervalMs: 10_000,
    });
    expect(config.kataven).toBeUndefined();
  });
});

describe('values', () => {
  test.each([
    ['PORT', '65536', 'a whole number from 0 to 65535'],
    ['PORT', '-1', 'a whole number from 0 to 65535'],
    ['PORT', '80.5', 'a whole number from 0 to 65535'],
    ['PORT', '0x50', 'a whole number from 0 to 65535'],
    ['PORT', ' 80', 'a whole number from 0 to 65535'],
    ['STATUS_INTERVAL_MS', '499', 'a whole number from 500 to 3600000'],
    ['INKEEP_MAX_PROBES', '0', 'a whole number from 1 to 1000'],
    ['INKEEP_MAX_CALLS', '1001', 'a whole number from 1 to 1000'],
    ['MAX_UPSTREAM_CALLS', '1e3', 'a whole number from 1 to 10000'],
    ['GRAPHIQL', 'yes', '"true" or "false"'],
    ['INTROSPECTION', '0', '"true" or "false"'],
    ['TRUST_PROXY', '1', '"true" or "false"'],
    ['COALESCE', 'TRUE', '"true" or "false"'],
    ['SANDBOX', '1', '"true" or "false"'],
    ['LOG_LEVEL', 'verbose', 'one of silent, fatal, error, warn, info, debug, trace'],
    ['HOST', 'localhost/x', 'an address or host name, without port'],
    ['INKEEP_TENANT_ID', 'a/b', '1 to 255 letters, digits, "-", "_" or ".", but not "." or ".." alone'],
    ['INKEEP_TENANT_ID', '..', '1 to 255 letters, digits, "-", "_" or ".", but not "." or ".." alone'],
    ['KATAVEN_ACCOUNT_ID', 'a b', 'printable ASCII without spaces'],
  ])('%s=%s is rejected', (name, value, expected) => {
    expect(problemsOf({ ...inkeep, [name]: value })).toEqual([`${name}: received "${value}", expected ${expected}`]);
  });

  const urlExpected = 'an http or https URL without credentials, query or fragment';
  test.each([
    ['ftp://a.test', '(not shown)'],
    ['a.test/manage', '(not shown)'],
    ['https://', '(not shown)'],
    ['https://user:hunter2@a.test/x', '"https://a.test/x" with credentials'],
    ['https://@a.test', '"https://a.test/"'],
    ['https://a.test/x?key=hunter2', '"https://a.test/x" with a query'],
    ['https://a.test/x?', '"https://a.test/x"'],
    ['https://a.test/x#hunter2', '"https://a.test/x" with a fragment'],
    ['https:hunter2@a.test', '"https://a.test/" with credentials'],
  ])('KATAVEN_URL=%s is rejected', (value, received) => {
    expect(problemsOf({ KATAVEN_URL: value })).toEqual([`KATAVEN_URL: received ${received}, expected ${urlExpected}`]);
  });

  test.each([
    ['https://a.test', 'https://a.test'],
    ['https://a.test/', 'https://a.test'],
    ['https://a.test/manage//', 'https://a.test/manage'],
    ['HTTP://A.test:80/x@y', 'http://a.test/x@y'],
  ])('INKEEP_URL=%s is used as %s', (value, url) => {
    expect(loadConfig({ INKEEP_URL: value }).inkeep?.url).toBe(url);
  });

  const originsExpected =
    'origins such as https://app.example.com or https://*.example.com, separated by commas; no other "*", no path';
  test.each(['*', 'null', 'app.example.com', 'https://a.test/x', 'https://*.a.test/x', 'file:///x'])(
    'CORS_ORIGINS=%s is rejected',
    (value) => {
      expect(problemsOf({ ...inkeep, CORS_ORIGINS: value })).toEqual([
        `CORS_ORIGINS: received "${value}", expected ${originsExpected}`,
      ]);
    },
  );

  test.each([
    'https://*',
    'https://*.com',
    'https://a.*.test',
    'https://*.*.a.test',
    'https://x*.a.test',
    'https://*a.b.c',
  ])('CORS_ORIGINS=%s, which would match nothing or too much, is rejected', (value) => {
    expect(problemsOf({ ...inkeep, CORS_ORIGINS: value })).toEqual([
      `CORS_ORIGINS: received "${value}/", expected ${originsExpected}`,
    ]);
  });

  test.each([
    ['https://*.Example.com', 'https://*.example.com'],
    ['https://*.example.com:443/', 'https://*.example.com'],
    ['https://*.pr.example.com:8443', 'https://*.pr.example.com:8443'],
    ['http://*.localhost:5173', 'http://*.localhost:5173'],
    ['https://*.müller.example', 'https://*.xn--mller-kva.example'],
  ])('CORS_ORIGINS=%s is used as %s', (value, origin) => {
    expect(loadConfig({ ...inkeep, CORS_ORIGINS: value }).corsOrigins).toEqual([origin]);
  });

  describe('ALLOWED_HOSTS', () => {
    const hostsOf = (env: Record<string, string>) => {
      const { allowedHosts, warnings } = loadConfig({ ...inkeep, ...env });
      return { allowedHosts, isWarned: warnings.some((text) => text.startsWith('ALLOWED_HOSTS is not set')) };
    };

    test.each<[Record<string, string>, string[] | undefined, boolean]>([
      [{}, ['127.0.0.1'], false],
      [{ HOST: '::1', PUBLIC_URL: 'https://Api.example.com:8443/gw' }, ['[::1]', 'api.example.com'], false],
      [{ HOST: '0.0.0.0' }, undefined, true],
      [{ HOST: '0.0.0.0', PUBLIC_URL: 'https://api.example.com' }, undefined, true],
      [{ HOST: '0.0.0.0', ALLOWED_HOSTS: '*' }, undefined, false],
      [{ ALLOWED_HOSTS: 'a.test,*' }, undefined, false],
      [{ HOST: 'Gateway', ALLOWED_HOSTS: 'a.test' }, ['a.test', 'gateway'], false],
    ])('with %o allows %j (warns: %j)', (env, allowedHosts, isWarned) => {
      expect(hostsOf(env)).toEqual({ allowedHosts, isWarned });
    });

    test.each(['https://a.test', 'a.test:4000', 'a.*.test', '*a.test', '::1', 'a test'])('%s is rejected', (name) => {
      expect(problemsOf({ ...inkeep, ALLOWED_HOSTS: name })).toEqual([
        `ALLOWED_HOSTS: received "${name}", expected host names such as api.example.com or *.example.com without ports, separated by commas, or * for any`,
      ]);
    });
  });

  test('PERSISTED_ONLY needs PERSISTED_OPERATIONS, and switches GraphiQL off unless it is set', () => {
    expect(problemsOf({ ...inkeep, PERSISTED_ONLY: 'true' })).toEqual([
      'PERSISTED_ONLY: received "true", expected PERSISTED_OPERATIONS to be set too',
    ]);
    const env = { ...inkeep, PERSISTED_OPERATIONS: 'x.json', PERSISTED_ONLY: 'true' };
    expect(loadConfig(env).graphiql).toBe(false);
    expect(loadConfig({ ...env, GRAPHIQL: 'true' }).graphiql).toBe(true);
    expect(loadConfig({ ...env, PERSISTED_ONLY: 'false' }).graphiql).toBe(true);
  });

  test('ANONYMOUS_USES_TOKENS needs a token', () => {
    expect(problemsOf({ ...inkeep, ANONYMOUS_USES_TOKENS: 'true' })).toEqual([
      'ANONYMOUS_USES_TOKENS: received "true", expected INKEEP_TOKEN or KATAVEN_TOKEN to be set too',
    ]);
  });
});

describe('all problems', () => {
  test('are reported at once, in one message', () => {
    const load = () => loadConfig({ KATAVEN_URL: 'ftp://x', PORT: 'http', GRAPHIQL: 'on', LOG_LEVEL: 'loud' });
    expect(load).toThrow(
      [
        'The gateway cannot start: 4 settings are invalid.',
        '  PORT: received "http", expected a whole number from 0 to 65535',
        '  KATAVEN_URL: received (not shown), expected an http or https URL without credentials, query or fragment',
        '  GRAPHIQL: received "on", expected "true" or "false"',
        '  LOG_LEVEL: received "loud", expected one of silent, fatal, error, warn, info, debug, trace',
      ].join('\n'),
    );
  });

  test('are followed by the names that are not settings', () => {
    const env = {
      ...inkeep,
      PORT: 'http',
      REDIS_URL: 'redis://localhost',
      REDIS_ULR: 'x',
      INKEEP_FOO: 'x',
      PATH: '/bin',
    };
    expect(() => loadConfig(env)).toThrow(
      [
        'The gateway cannot start: 1 setting is invalid.',
        '  PORT: received "http", expected a whole number from 0 to 65535',
        '  INKEEP_FOO is not a setting of this gateway.',
        '  REDIS_ULR is not a setting of this gateway; did you mean REDIS_URL?',
      ].join('\n'),
    );
  });

  test('never show a secret', () => {
    const secret = 'hunter2';
    const broken = fc.constantFrom(
      `${secret} x`,
      `Bearer ${secret}`,
      `http://${secret}`,
      `redis:${secret}@h`,
      `://u:${secret}@h`,
      `x\n${secret}`,
    );
    fc.assert(
      fc.property(broken, broken, broken, (inkeepToken, katavenToken, redisUrl) => {
        const env = {
          ...inkeep,
          INKEEP_TOKEN: inkeepToken,
          KATAVEN_TOKEN: katavenToken,
          REDIS_URL: redisUrl,
          PORT: 'x',
        };
        try {
          loadConfig(env);
          expect.unreachable('PORT is wrong');
        } catch (error) {
          expect(String(error) + JSON.stringify(error)).not.toContain(secret);
        }
      }),
    );
  });
});

describe('warnings', () => {
  test.each([
    [{ ...inkeep, INKEEP_TOKN: 'x' }, 'INKEEP_TOKN is not a setting of this gateway; did you mean INKEEP_TOKEN?'],
    [
      { ...inkeep, INKEEP_TENANTID: 'x' },
      'INKEEP_TENANTID is not a setting of this gateway; did you mean INKEEP_TENANT_ID?',
    ],
    [{ ...inkeep, KATAVEN_SOMETHING_ELSE: 'x' }, 'KATAVEN_SOMETHING_ELSE is not a setting of this gateway.'],
    [
      { ...inkeep, INKEEP_TOKEN: 'x' },
      'INKEEP_TOKEN is not used: ANONYMOUS_USES_TOKENS is not true, so callers send their own credentials.',
    ],
    [
      { ...inkeep, INKEEP_TOKEN: 'x', ANONYMOUS_USES_TOKENS: 'true', KATAVEN_TOKEN: 'x' },
      'KATAVEN_TOKEN is not used: KATAVEN_URL is not set.',
    ],
    [
      {
        KATAVEN_URL: 'https://k.test',
        INKEEP_URL: 'https://i.test',
        INKEEP_TOKEN: 'x',
        ANONYMOUS_USES_TOKENS: 'true',
        KATAVEN_ACCOUNT_ID: 'x',
      },
      'KATAVEN_ACCOUNT_ID is not used: it is sent with KATAVEN_TOKEN, which is not set.',
    ],
    [{ KATAVEN_URL: 'https://k.test', INKEEP_MAX_CALLS: '8' }, 'INKEEP_MAX_CALLS is not used: INKEEP_URL is not set.'],
  ])('name a setting that has no effect: %o', (env, warning) => {
    expect(loadConfig(env).warnings).toEqual([warning]);
  });

  test.each([
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['STATUS_INTERVAL', 'STATUS_INTERVAL_MS'],
    ['REDIS', 'REDIS_URL'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['log_level', 'LOG_LEVEL'],
    ['GRAPHQL', 'GRAPHIQL'],
    ['ANONYMOUS_USE_TOKEN', 'ANONYMOUS_USES_TOKENS'],
    ['MAX_UPSTREAM_CALL', 'MAX_UPSTREAM_CALLS'],
    ['INTROSPECTON', 'INTROSPECTION'],
  ])('suggest the setting whose name is similar to %s, with or without the sandbox', (name, near) => {
    const warning = `${name} is not a setting of this gateway; did you mean ${near}?`;
    expect(loadConfig({ ...inkeep, [name]: 'x' }).warnings).toEqual([warning]);
    expect(loadConfig({ [name]: 'x' })).toMatchObject({ sandbox: true, warnings: [warning] });
  });

  test.each([
    ['STATUS_INTERVALL_MS', 'STATUS_INTERVAL_MS', '500'],
    ['REDIS_ULR', 'REDIS_URL', 'redis://localhost'],
    ['REDIS', 'REDIS_URL', 'redis://localhost'],
    ['TRUST_PROXIES', 'TRUST_PROXY', 'true'],
    ['TRUSTED_PROXIES', 'TRUST_PROXY', 'true'],
    ['SANDOBX', 'SANDBOX', 'false'],
    ['port', 'PORT', '4001'],
  ])('name %s even if %s itself is set', (name, near, value) => {
    expect(loadConfig({ ...inkeep, [near]: value, [name]: 'x' }).warnings).toEqual([
      `${name} is not a setting of this gateway; did you mean ${near}?`,
    ]);
  });

  test('ignore a name that only differs in its letter case and has the value of the setting, as on Windows', () => {
    expect(loadConfig({ ...inkeep, Port: '4001', PORT: '4001' }).warnings).toEqual([]);
  });

  test('name every setting of six or more letters with one letter left out, added, changed or exchanged with the next', () => {
    const settings = SETTINGS.map(({ name }) => name).filter((name) => name.length >= 6);
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ_';
    const mistakes = ['omit', 'add', 'change', 'exchange'] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...settings),
        fc.nat({ max: 99 }),
        fc.constantFrom(...letters),
        fc.constantFrom(...mistakes),
        (setting, index, letter, mistake) => {
          const at = index % setting.length;
          const [here = '', next = ''] = setting.slice(at);
          const [before, after] = [setting.slice(0, at), setting.slice(at + 1)];
          const misspelt = {
            omit: before + after,
            add: before + letter + here + after,
            change: before + letter + after,
            exchange: before + next + here + after.slice(1),
          }[mistake];
          fc.pre(!SETTINGS.some(({ name }) => name === misspelt));
          expect(loadConfig({ ...inkeep, [misspelt]: 'x' }).warnings).toEqual([
            expect.stringContaining(`${misspelt} is not a setting of this gateway; did you mean `),
          ]);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('ignore other programs’ variables', () => {
    expect(
      loadConfig({ ...inkeep, PATH: '/bin', GRAPHQL_URL: 'x', MY_INKEEP_X: 'x', SANDBOXES: 'x' }).warnings,
    ).toEqual([]);
  });

  test('ignore the variables that shells, Windows, npm, CI, Docker, Kubernetes and frameworks set', () => {
    const names =
      'HOME HOSTNAME HOSTTYPE LOGNAME SHELL SHLVL TERM LANG LC_ALL USER PWD OLDPWD EDITOR DISPLAY STATUS PUBLIC PORTS HOSTS POST LOG ' +
      'PROXY NO_PROXY HTTPS_PROXY http_proxy no_proxy ALL_PROXY all_proxy FTP_PROXY MEDIA_URL DATABASE_URL REDIS_HOST REDIS_PASSWORD ' +
      'REDIS_TLS_URL KEEP_ALIVE PUBLIC_DIR BASE_URL HTTP_PORT HTTPS_PORT LOG_FILE LOG_FORMAT TRUST_STORE SANDBOX_ID ' +
      'npm_config_cache npm_config_https_proxy npm_config_noproxy npm_config_loglevel npm_lifecycle_event npm_package_version ' +
      'NODE_ENV NODE_OPTIONS NODE_EXTRA_CA_CERTS INIT_CWD CI CI_COMMIT_SHA GITHUB_ACTIONS GITHUB_REF GITHUB_SERVER_URL ' +
      'RUNNER_OS RUNNER_TEMP CONTAINER DOCKER_HOST COMPOSE_PROJECT_NAME KUBERNETES_SERVICE_HOST KUBERNETES_PORT_443_TCP_ADDR ' +
      'OTEL_SERVICE_NAME OTEL_EXPORTER_OTLP_ENDPOINT INVOCATION_ID JOURNAL_STREAM POD_IP HOST_IP PORT_4000_TCP';
    const services = ['KUBERNETES', 'GATEWAY', 'REDIS', 'SANDBOX'].flatMap(variablesOfService);
    const env = Object.fromEntries([...names.split(' '), ...services].map((name) => [name, '']));
    expect(loadConfig({ ...inkeep, ...env }).warnings).toEqual([]);
    expect(loadConfig(env)).toEqual(loadConfig({}));
  });

  test('ignore the addresses of a Kubernetes service that has the name of an upstream', () => {
    const names = [...variablesOfService('INKEEP'), ...variablesOfService('INKEEP_API')];
    const env = Object.fromEntries(names.map((name) => [name, 'x']));
    expect(loadConfig({ ...inkeep, ...env }).warnings).toEqual([]);
  });
});

/** The variables that Kubernetes sets in each container for a service. */
function variablesOfService(prefix: string): string[] {
  const suffixes =
    'SERVICE_HOST SERVICE_PORT SERVICE_PORT_HTTP PORT PORT_6379_TCP PORT_6379_TCP_PROTO PORT_6379_TCP_PORT PORT_6379_TCP_ADDR';
  return suffixes.split(' ').map((suffix) => `${prefix}_${suffix}`);
}

describe('the table of settings', () => {
  const defaults = SETTINGS.filter(({ name, default: value }) => value !== '-' && name !== 'SANDBOX');

  test.each(defaults)('has the real default of $name: $default', ({ name, default: value }) => {
    const [first = ''] = value.split(' ');
    const upstreams = { ...inkeep, KATAVEN_URL: 'https://api.kataven.test/v1' };
    expect(loadConfig({ ...upstreams, [name]: first })).toEqual(loadConfig(upstreams));
  });

  test('describes every setting in a full sentence', () => {
    expect(SETTINGS.filter(({ meaning }) => !/^[A-Z].*\.$/.test(meaning))).toEqual([]);
  });
});
