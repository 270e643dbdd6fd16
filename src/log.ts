import { once } from 'node:events';
import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Bytes of lines that wait to be written. Later ones are dropped. */
const MAX_PENDING = 8 * 1024 * 1024;

/** A log that can be written to its end. */
export interface Log {
  readonly log: Logger;
  /**
   * Writes the pending lines, for at most `ms`. What nobody has read by then is dropped. The process can exit safely only
   * after this: pino's own exit hook waits without end for a reader that is gone or hangs. Log nothing afterwards.
   */
  close(ms: number): Promise<void>;
}

/**
 * A JSON log on the file descriptor `fd`, which is stderr unless told otherwise. Each call site lists the fields that it logs,
 * and none logs headers, variables, bodies or URLs with query strings. The redaction here only catches a mistake at a call
 * site. If lines are not read fast enough, the ones that exceed 8 MiB are dropped, and counted in a later line.
 */
export function openLog(level: LogLevel, fd = 2): Log {
  const destination = pino.destination({ dest: fd, sync: false, maxLength: MAX_PENDING });
  const log = jsonLogger(level, destination);
  let dropped = 0;
  destination.on('drop', () => {
    dropped++;
  });
  destination.on('drain', () => {
    if (dropped === 0) return;
    log.warn({ lines: dropped }, 'log lines were dropped, because the log was not read fast enough');
    dropped = 0;
  });
  const close = async (ms: number): Promise<void> => {
    // An error means that the reader is gone.
    const written = once(destination, 'close', { signal: AbortSignal.timeout(ms) }).catch(() => {});
    destination.end();
    await written;
    destination.destroy();
  };
  return { log, close };
}

/** The logger of `openLog`, for a process that does not close it. */
export function createLogger(level: LogLevel): Logger {
  return openLog(level).log;
}

function jsonLogger(level: LogLevel, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      base: undefined,
      redact: {
        paths: [
          'authorization',
          'cookie',
          'headers',
          '*.authorization',
          '*.cookie',
          '*.headers',
          '*.body',
          '*.variables',
        ],
        censor: '[redacted]',
      },
    },
    destination,
  );
}
