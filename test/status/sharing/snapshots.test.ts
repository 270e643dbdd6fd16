import { expect, test } from 'vitest';
import { Board } from '../../../src/status/board.js';
import { Mailbox } from '../../../src/status/mailbox.js';
import { Recorder } from '../../../src/status/recorder.js';
import type { WatchShares } from '../../../src/status/sharing/watch-shares.js';
import { projectTarget } from '../../../src/status/target.js';

const PROJECT = { tenantId: 'default', projectId: 'lab' };

test('a removal whose message was lost is reported from the next snapshot', async () => {
  const [holder, listener] = [createInstance(), createInstance()];
  holder.poll('desk', 'wiki');
  listener.recorder.sharedStates(holder.board.shared(false), true);
  const changes = listener.watch();
  await Promise.all([changes.next(), changes.next()]);
  holder.board.remove('desk', performance.now());
  listener.recorder.sharedStates(holder.board.shared(false), true);
  const { value } = await changes.next();
  expect(value?.observation).toMatchObject({ tool: { toolId: 'desk' }, removed: true, status: 'healthy' });
});

test('a tool that comes back is not removed by a later snapshot', async () => {
  const [holder, listener] = [createInstance(), createInstance()];
  holder.poll('desk');
  holder.board.remove('desk', performance.now());
  holder.poll('desk');
  listener.recorder.sharedStates(holder.board.shared(false), true);
  const { value } = await listener.watch().next();
  expect(value?.observation).toMatchObject({ removed: false, status: 'healthy' });
});

test('an outage of the polling instance makes what a listener knows stale, with its last status', async () => {
  const [holder, listener] = [createInstance(), createInstance()];
  holder.poll('desk');
  listener.recorder.sharedStates(holder.board.shared(false), true);
  const changes = listener.watch();
  await changes.next();
  listener.recorder.sharedOutage();
  const { value } = await changes.next();
  expect(value?.observation).toMatchObject({ status: 'healthy', freshness: 'STALE' });
});

test('a stale state of an instance that never knew the status does not replace a known one', async () => {
  const [holder, listener] = [createInstance(), createInstance()];
  holder.poll('desk');
  listener.recorder.sharedStates(holder.board.shared(false), true);
  const newcomer = createInstance();
  newcomer.board.addMembers(['desk'], performance.now());
  newcomer.board.markStale('desk', performance.now(), async () => null);
  listener.recorder.sharedStates(newcomer.board.shared(false), false);
  const { value } = await listener.watch().next();
  expect(value?.observation).toMatchObject({ status: 'healthy', freshness: 'STALE' });
});

/** The board and the recorder of one instance that watches the project. */
function createInstance() {
  const events = { onChange() {}, onToolWatched() {}, onToolUnwatched() {}, onEmpty() {} };
  const board = new Board(PROJECT, events);
  const shares = {} as WatchShares;
  const begin = () => {
    throw new Error('nothing is read');
  };
  const { signal } = new AbortController();
  const recorder = new Recorder({ target: projectTarget(PROJECT), board, shares, signal, begin });
  return {
    board,
    recorder,
    poll(...ids: readonly string[]) {
      board.addMembers(ids, performance.now());
      for (const id of ids)
        board.observe(id, { status: 'healthy', lastError: null }, performance.now(), async () => null);
    },
    watch: () =>
      new Mailbox([
        { join: (mailbox) => board.join(mailbox, { feed: { join() {}, leave() {} }, ids: undefined }), leave() {} },
      ]),
  };
}
