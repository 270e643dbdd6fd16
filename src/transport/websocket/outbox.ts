import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { LiveLimits } from '../limits.js';

/** Sends the messages of one socket. */
export interface Outbox {
  /** Resolves when the message has been handed to the network, or the socket is closed. Never rejects. */
  send(message: string): Promise<void>;
  /** Sends a close frame after all messages. If the client does not answer it within `closeMs`, the socket is terminated. */
  close(code: number, reason: string): void;
}

/**
 * Creates the outbox of a socket; `connection` is the network connection below it. Messages of one tick are sent in one write,
 * because an event of a tool goes to many subscriptions of a socket. While more than `maxUnsentBytes` are unsent, no messages
 * are read from the client. `onStalled` is called if that lasts for `stallMs`, and not sooner: a single answer may be larger, and
 * a client that is still reading it is not slow.
 */
export function createOutbox(
  socket: WebSocket,
  connection: Duplex,
  { maxUnsentBytes, stallMs, closeMs }: LiveLimits,
  onStalled: () => void,
): Outbox {
  let terminateTimer: NodeJS.Timeout | undefined;
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let stallTimer: NodeJS.Timeout | undefined;
  let isBatching = false;

  function batchWrites(): void {
    if (isBatching) return;
    isBatching = true;
    connection.cork();
    process.nextTick(() => {
      isBatching = false;
      connection.uncork();
    });
  }

  function applyBackpressure(): void {
    if (socket.bufferedAmount > maxUnsentBytes) {
      stallTimer ??= setTimeout(onStalled, stallMs);
      socket.pause();
    } else if (stallTimer) {
      stopStallTimer();
      socket.resume();
    }
  }

  function stopStallTimer(): void {
    clearTimeout(stallTimer);
    stallTimer = undefined;
  }

  function close(code: number, reason: string): void {
    if (socket.readyState === WebSocket.CLOSED) return;
    stopStallTimer();
    socket.close(code, reason);
    // A paused socket would not receive the client's close frame.
    socket.resume();
    terminateLater();
  }

  function terminateLater(): void {
    terminateTimer ??= setTimeout(() => socket.terminate(), closeMs);
  }

  // A frame is too large or malformed. `ws` has sent the close frame.
  socket.once('error', terminateLater);
  socket.once('close', () => {
    stopStallTimer();
    clearTimeout(terminateTimer);
  });
  return {
    async send(message) {
      // Not resolved at once: a caller that waits to send more would spin until the socket is closed.
      if (socket.readyState !== WebSocket.OPEN) return closed;
      batchWrites();
      const sent = new Promise<void>((resolve) => socket.send(message, () => resolve()));
      applyBackpressure();
      await sent;
      if (socket.readyState === WebSocket.OPEN) applyBackpressure();
    },
    close,
  };
}

/** Pings every `pingMs`. A socket that has not answered by the next ping is terminated. */
export function keepAlive(socket: WebSocket, pingMs: number): void {
  let answered = true;
  const pingTimer = setInterval(() => {
    if (!answered) socket.terminate();
    answered = false;
    if (socket.readyState === WebSocket.OPEN) socket.ping();
  }, pingMs);
  socket.on('pong', () => {
    answered = true;
  });
  socket.once('close', () => clearInterval(pingTimer));
}
