import { expect, test } from 'vitest';
import { Board } from '../../src/status/board.js';
import { Mailbox } from '../../src/status/mailbox.js';
import type { PollResult } from '../../src/status/observation.js';
import { idOf, labTools, startStatus } from '../support/status.js';

const PROJECT = { tenantId: 'default', projectId: 'lab' };
const HEALTHY: PollResult = { status: 'healthy', lastError: null };
const DOWN: PollResult = { status: 'unavailable', lastError: 'Connection failed' };
const unread = async () => null;
const SILENT = { onToolWatched() {}, onToolUnwatched() {}, onChange() {}, onEmpty() {} };

test('the result of an older poll does not replace that of a newer one', async () => {
  const { board, next } = watchedBoard();
  board.setMembers(['desk'], 100);
  board.observe('desk', HEALTHY, 200, unread);
  board.observe('desk', DOWN, 100, unread);
  board.observe('desk', { ...DOWN, status: 'needs_auth' }, 300, unread);
  expect(await next()).toMatchObject({ observation: { status: 'needs_auth' }, previousStatus: null });
});

test('an older failure does not make a newer status stale', async () => {
  const { board, next } = watchedBoard();
  board.setMembers(['desk'], 100);
  board.observe('desk', HEALTHY, 200, unread);
  board.markStale('desk', 100, unread);
  expect(await next()).toMatchObject({ observation: { status: 'healthy', freshness: 'LIVE' } });
});

test('a list that started before a tool was removed does not bring it back', async () => {
  const { board, next, mailbox } = watchedBoard();
  board.setMembers(['desk'], 100);
  board.observe('desk', HEALTHY, 100, unread);
  await next();
  board.remove('desk', 300);
  board.setMembers(['desk'], 200);
  board.observe('desk', HEALTHY, 200, unread);
  board.finish();
  expect(await next()).toMatchObject({ observation: { removed: true } });
  expect(await mailbox.next()).toEqual({ done: true, value: undefined });
});

test('a poll that started before a tool was registered again does not remove it', async () => {
  const { board, next, mailbox } = watchedBoard();
  board.setMembers(['desk'], 100);
  board.observe('desk', HEALTHY, 300, unread);
  await next();
  board.remove('desk', 200);
  board.finish();
  expect(await mailbox.next()).toEqual({ done: true, value: undefined });
});

test('tools that no one watches any more are forgotten', () => {
  const board = new Board(PROJECT, SILENT);
  const [stays, leaves] = [new Mailbox([]), new Mailbox([])];
  board.join(stays, { feed: NO_FEED, ids: new Set(['desk']) });
  board.join(leaves, { feed: NO_FEED, ids: new Set(['desk', 'wiki']) });
  board.observe('desk', HEALTHY, 100, unread);
  board.observe('wiki', HEALTHY, 100, unread);
  board.leave(leaves);
  expect(board.members).toEqual(['desk']);
  expect(board.isKnown('wiki')).toBe(false);
});

test('a watcher that joins during the first poll receives its result', async () => {
  const gateway = await startStatus({ discoveryMs: 400 });
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  const first = await gateway.subscribe({ tools: labTools('desk') });
  await gateway.sandbox.inkeep.arrived('get-tool');
  const second = await gateway.subscribe({ tools: labTools('desk') });
  expect((await second.next()).observedAt).toBe((await first.next()).observedAt);
  expect(gateway.calls()).toEqual({ 'get-tool': 1 });
});

test('a watcher that joins with other tools while pages are read receives its own', async () => {
  const gateway = await startStatus({ discoveryMs: 300 });
  const ids = Array.from({ length: 50 }, (_, n) => `tool-${n}`);
  for (const id of [...ids, 'desk']) gateway.sandbox.inkeep.addTool({ id });
  const many = await gateway.subscribe({ tools: labTools(...ids) });
  await gateway.sandbox.inkeep.arrived('list-tools');
  const one = await gateway.subscribe({ tools: labTools('desk') });
  expect(await one.next()).toMatchObject({ tool: { toolId: 'desk' }, status: 'HEALTHY', removed: false });
  await many.byTool(50);
});

test('a tool that a page skips is not removed', async () => {
  const gateway = await startStatus({}, {}, { intervalMs: 100 });
  gateway.sandbox.inkeep.addTool({ id: 'desk' });
  gateway.sandbox.inkeep.addTool({ id: 'wiki' });
  const stream = await gateway.subscribe({ project: idOf('Project', 'lab') });
  await stream.byTool(2);
  gateway.sandbox.inkeep.fault({
    kind: 'status',
    status: 200,
    operation: 'list-tools',
    body: { data: [], pagination: { page: 1, limit: 100, total: 2, pages: 1 } },
  });
  await gateway.asked('list-tools', 4);
  expect(stream.unread).toEqual([]);
});

const NO_FEED = { join: () => undefined, leave: () => undefined };

/** A board with one watcher of everything, who has not called next yet. */
function watchedBoard() {
  const board = new Board(PROJECT, SILENT);
  const feed = {
    join: (mailbox: Mailbox) => void board.join(mailbox, { feed, ids: undefined }),
    leave: () => undefined,
  };
  const mailbox = new Mailbox([feed]);
  board.join(mailbox, { feed, ids: undefined });
  return {
    board,
    mailbox,
    next: async () => {
      const { value } = await mailbox.next();
      return value && { observation: value.observation, previousStatus: value.previousStatus };
    },
  };
}
