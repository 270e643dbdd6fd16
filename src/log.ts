import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

export const LOG_LEVELS = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * A JSON logger on stderr. Each call site lists the fields that it logs, and none logs headers, variables, bodies or URLs
 * with query strings. The redaction here only catches a mistake at a call site.
 */
export function createLogger(level: LogLevel): Logger {
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
    pino.destination({ dest: 2, sync: false }),
  );
}
