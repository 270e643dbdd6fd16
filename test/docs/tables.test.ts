import { expect, test } from 'vitest';
import type { UserErrorCode } from '../../schema/generated/graphql.js';
import { SETTINGS } from '../../src/config/load-config.js';
import type { ErrorCode } from '../../src/graph/core/errors/error-codes.js';
import { LIVE_LIMITS } from '../../src/transport/live-limits.js';
import { read, table } from '../support/documents.js';
import { startGateway } from '../support/gateway.js';

test('docs/configuration.md has every setting with its default and meaning, in the order of --help', () => {
  const expected = SETTINGS.map(({ name, default: value, meaning }) => [name, value, meaning.replaceAll('`', '')]);
  expect(table('docs/configuration.md', 'Settings')).toEqual(expected);
});

test('.env.example has every setting with its meaning and default, in the same order', () => {
  const [, ...entries] = read('.env.example').trimEnd().split('\n\n');
  const expected = SETTINGS.map(({ name, default: value, meaning }) => {
    const [shown = ''] = /^(?!see )[^ -]+/.exec(value) ?? [];
    return `# ${meaning.replaceAll('`', '')}\n#${name}=${shown}`;
  });
  expect(entries).toEqual(expected);
});

test('docs/errors.md has every error code of the gateway, and no other', () => {
  // A record, so that the compiler requires a code that is added.
  const codes: Record<ErrorCode, true> = {
    BAD_USER_INPUT: true,
    UNAUTHENTICATED: true,
    FORBIDDEN: true,
    RATE_LIMITED: true,
    UPSTREAM_TIMEOUT: true,
    UPSTREAM_UNAVAILABLE: true,
    UPSTREAM_BAD_RESPONSE: true,
    UPSTREAM_NOT_CONFIGURED: true,
    UPSTREAM_BUDGET_EXCEEDED: true,
    LIMIT_EXCEEDED: true,
    PERSISTED_QUERY_NOT_SUPPORTED: true,
    INTERNAL_SERVER_ERROR: true,
  };
  const rows = table('docs/errors.md', 'Error codes');
  expect(rows.map(([code]) => code).sort()).toEqual(Object.keys(codes).sort());
  expect(rows.every(([, meaning, retry]) => meaning && retry)).toBe(true);
});

test('docs/errors.md has every code of a mutation error with its type', () => {
  const types: Record<UserErrorCode, string> = {
    INVALID_INPUT: 'InvalidInputError',
    NOT_FOUND: 'NotFoundError',
    CONFLICT: 'ConflictError',
    FORBIDDEN: 'ForbiddenError',
  };
  const rows = table('docs/errors.md', 'Mutation errors').map(([code, type]) => [code, type]);
  expect(Object.fromEntries(rows)).toEqual(types);
});

test('docs/operating.md has every path that is served', async () => {
  const { url } = await startGateway();
  const { errors } = await (await fetch(`${url}/nowhere`)).json();
  const served = String(errors[0].message).match(/\/\w+(\.\w+)?/g);
  expect(table('docs/operating.md', 'HTTP paths').map(([path]) => path)).toEqual(served);
});

test('docs/operating.md has every metric of the gateway, and no other', async () => {
  const { url } = await startGateway();
  const text = await (await fetch(`${url}/metrics`)).text();
  // prom-client decides which metrics a process has, and it depends on the platform.
  const names = [...text.matchAll(/^# HELP (\S+)/gm)].map(([, name = '']) =>
    name.replace(/^(process|nodejs)_.*/, '$1_*'),
  );
  const rows = table('docs/operating.md', 'Metrics');
  expect(rows.map(([name]) => name).sort()).toEqual([...new Set(names)].sort());
});

test('docs/costs.md and docs/configuration.md have the limits of live connections', () => {
  const { maxOperations, maxFrameBytes, maxUnsentBytes, stallMs, pingMs } = LIVE_LIMITS;
  const rows = Object.fromEntries(table('docs/costs.md', 'Limits').map(([what, howMuch]) => [what, howMuch]));
  expect(rows).toMatchObject({
    'operations of a WebSocket': `${maxOperations} that have not ended`,
    'message to a WebSocket': `${maxFrameBytes / 1024} KiB`,
    'unsent to a WebSocket': `${maxUnsentBytes / 1024 ** 2} MiB, for longer than ${stallMs / 1000} s`,
  });
  const prose = read('docs/configuration.md').replace(/\s+/g, ' ');
  expect(prose).toContain(`each event stream gets a comment, every ${pingMs / 1000} s`);
});
