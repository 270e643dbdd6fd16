import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { LiveLimits } from '../live-limits.js';

/** What leaves through one socket. */
export interface Outbox {
  /** Settles when the message has left for the network, or the socket is closed. Never rejects. */
  send(message: string): Promise<void>;
  /** Says that the socket ends, after what was sent before. It is cut off when the client does not agree within `closeMs`. */
  close(code: number, reason: string): void;
}

/**
 * The outbox of a socket, `wire` being the connection under it. What is sent in one tick leaves in one write: news of a tool go
 * to many subscriptions of a socket at once. While more than `maxUnsentBytes` wait for the client, nothing more is read from it: who does not
 * listen is not listened to. If they wait for `stallMs` on end, `onStalled` is called. Not at once: the answer to one query
 * may be larger than that, and a client that is still reading it is not slow.
 */
export function createOutbox(
  socket: WebSocket,
  wire: Duplex,
  { maxUnsentBytes, stallMs, closeMs }: LiveLimits,
  onStalled: () => void,
): Outbox {
  let cutting: NodeJS.Timeout | undefined;
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let stalled: NodeJS.Timeout | undefined;
  let isGathering = false;

  function gather(): void {
    if (isGathering) return;
    isGathering = true;
    wire.cork();
    process.nextTick(() => {
      isGathering = false;
      wire.uncork();
    });
  }

  function check(): void {
    if (socket.bufferedAmount > maxUnsentBytes) {
      stalled ??= setTimeout(onStalled, stallMs);
      socket.pause();
    } else if (stalled) {
      forget();
      socket.resume();
    }
  }

  function forget(): void {
    clearTimeout(stalled);
    stalled = undefined;
  }

  function close(code: number, reason: string): void {
    if (socket.readyState === WebSocket.CLOSED) return;
    forget();
    socket.close(code, reason);
    // Its answer to that would not be seen otherwise.
    socket.resume();
    cutLater();
  }

  function cutLater(): void {
    cutting ??= setTimeout(() => socket.terminate(), closeMs);
  }

  // A frame that is too large or malformed: `ws` has sent the close frame itself.
  socket.once('error', cutLater);
  socket.once('close', () => {
    forget();
    clearTimeout(cutting);
  });
  return {
    async send(message) {
      // Not at once: whoever waits to send more would spin until then.
      if (socket.readyState !== WebSocket.OPEN) return closed;
      gather();
      const left = new Promise<void>((resolve) => socket.send(message, () => resolve()));
      check();
      await left;
      if (socket.readyState === WebSocket.OPEN) check();
    },
    close,
  };
}

/** Pings every `pingMs`; a socket that has not answered by the next ping is dead, and terminated. */
export function keepAlive(socket: WebSocket, pingMs: number): void {
  let answered = true;
  const pinging = setInterval(() => {
    if (!answered) socket.terminate();
    answered = false;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, pingMs);
  socket.on('pong', () => {
    answered = true;
  });
  socket.once('close', () => clearInterval(pinging));
}
