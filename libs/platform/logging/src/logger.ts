import pino from 'pino';
import pretty from 'pino-pretty';
import { withDescribedErrors } from './log-fields';

/** The logger of libraries and apps. It is pino's: `log.info({ fields }, 'message')`. */
export type Logger = pino.Logger;

// A safety net: no code should pass a secret to the logger, but a field of such a name is redacted.
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

// One write per line costs more than the line itself. The buffer is flushed every 100 ms and when the process ends. Lines
// that cannot be written, as on a full disk, are written later as far as they fit.
const buffered = { sync: false, minLength: 4_096, periodicFlush: 100, maxLength: 4_194_304 };

/**
 * Creates the logger of a process. Of errors it writes what `describeError` allows, wherever they occur in a line. `to`
 * is the file descriptor: 1, or 2 for commands whose result is on stdout.
 */
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
    hooks: {
      logMethod(args, method) {
        method.apply(this, withDescribedErrors(args) as typeof args);
      },
    },
    // The errors in a line are described already; pino's serializer would add fields.
    serializers: { err: (value: unknown) => value },
  };
  const destination = options.to ?? 1;
  return options.format === 'pretty'
    ? pino(settings, pretty({ destination, sync: true, ignore: 'pid,role', messageFormat: '[{role}] {msg}' }))
    : pino(settings, openDestination(destination));
}

// Without a listener, an error of the destination would end the process: a log that is lost must not stop the product.
function openDestination(fd: 1 | 2): pino.DestinationStream {
  const destination = pino.destination({ fd, ...(fd === 1 ? buffered : { sync: true }) });
  let isFailing = false;
  destination.on('error', () => (isFailing = true));
  destination.on('write', () => (isFailing = false));
  const flush = destination.flushSync.bind(destination);
  // It repeats a write that fails without end, so that a process could not end while the disk is full.
  destination.flushSync = () => {
    if (!isFailing) flush();
  };
  return destination;
}
