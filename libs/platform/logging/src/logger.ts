import pino from 'pino';
import pretty from 'pino-pretty';

/** The logger that rooms and apps take: pino's, so `log.info({ fields }, 'message')`. */
export type Logger = pino.Logger;

// A last net: nothing should hand a secret to the logger, but a field of such a name never passes.
const secretFields = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'access_token',
  'refresh_token',
];
const redact = secretFields.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

// A write for every line costs more than the line. What is held is written when the process ends, and every 100 ms.
const buffered = { sync: false, minLength: 4_096, periodicFlush: 100 };

/** Makes the logger of one process. `to` is the file descriptor, 1 unless a command keeps stdout for its answer. */
export function createLogger(options: {
  level: string;
  format: 'json' | 'pretty';
  role: string;
  to?: 1 | 2;
}): Logger {
  const settings: pino.LoggerOptions = {
    level: options.level,
    base: { role: options.role, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: redact, censor: '[secret]' },
  };
  const destination = options.to ?? 1;
  return options.format === 'pretty'
    ? pino(settings, pretty({ destination, sync: true, ignore: 'pid,role', messageFormat: '[{role}] {msg}' }))
    : pino(
        settings,
        pino.destination({ fd: destination, ...(destination === 1 ? buffered : { sync: true }) }),
      );
}
