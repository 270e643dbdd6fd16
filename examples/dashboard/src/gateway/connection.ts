import { useSyncExternalStore } from 'react';
import { createLiveClient } from '../../../live/client.js';
import { renewing } from '../../../live/renewing.js';
import { currentToken } from './session.js';

/** `idle`: nothing is subscribed. `lost`: the connection is being made again. */
export type Connection = 'idle' | 'open' | 'lost';

const client = createLiveClient(`${location.origin.replace('http', 'ws')}/graphql`, {
  get: async () => currentToken(),
  forget: () => undefined,
});

/** Subscriptions of the page. They continue after a lost connection and after a rejected token. */
export const live = renewing(client);

let state: Connection = 'idle';
const listeners = new Set<(before: Connection) => void>();

function change(next: Connection): void {
  const before = state;
  state = next;
  if (before !== next) for (const listener of listeners) listener(before);
}

client.on('connected', () => change('open'));
client.on('closed', (event) => change((event as { code?: number }).code === 1000 ? 'idle' : 'lost'));

/** Calls `listener` whenever a connection was lost and is there again. */
export function onRecovery(listener: () => void): void {
  listeners.add((before) => {
    if (before === 'lost' && state === 'open') listener();
  });
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const useConnection = (): Connection => useSyncExternalStore(subscribe, () => state);
