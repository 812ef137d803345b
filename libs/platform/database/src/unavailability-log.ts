import { describeError, type Logger } from '@central-index/platform/logging';
import { unavailabilityOf } from './unavailability';

const awayIntervalMs = 60_000;
const causeIntervalMs = 10_000;
const awayKey = 'away';
// There are a few dozen causes; a cause that were a text of a caller must not fill the memory.
const maxCauses = 200;

interface Entry {
  loggedAt: number;
  suppressed: number;
}

const logs = new WeakMap<Logger, UnavailabilityLog>();

/** The one log of failures of the database in a process, for the logger of that process. */
export function unavailabilityLogOf(logger: Logger): UnavailabilityLog {
  const known = logs.get(logger);
  if (known !== undefined) return known;
  const created = new UnavailabilityLog(logger);
  logs.set(logger, created);
  return created;
}

/**
 * Logs failures of the database. Requests, jobs and timers all notice the same failure many times per second, so each
 * cause is logged at most once in 10 s, and that the database is away at most once per minute.
 */
export class UnavailabilityLog {
  private readonly entries = new Map<string, Entry>();
  private awaySince: number | undefined;
  private isAwayLogged = false;

  constructor(
    private readonly logger: Logger,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** True from the first failure for which the database was away until it answers again. */
  get isAway(): boolean {
    return this.awaySince !== undefined;
  }

  /** Logs an error of the database, unless its cause was just logged. `fields` say what noticed it. */
  report(error: unknown, fields: Readonly<Record<string, unknown>>): void {
    const known = unavailabilityOf(error);
    const cause = known?.cause ?? kindOf(error);
    if (known?.isAway === true) this.awaySince ??= this.now();
    const key = known?.isAway === true ? awayKey : cause;
    const turn = this.consumeInterval(key, known?.isAway === true ? awayIntervalMs : causeIntervalMs);
    if (turn === undefined) return;
    if (key === awayKey) this.isAwayLogged = true;
    const line = { cause, ...fields, ...turn, err: error };
    if (known === undefined) this.logger.error(line, 'the database fails');
    else this.logger.warn(line, `the database is unavailable: ${cause}`);
  }

  /** Logs why the process itself is unavailable, unless that cause was just logged. */
  reportCause(cause: string, fields: Readonly<Record<string, unknown>>): void {
    const turn = this.consumeInterval(`process: ${cause}`, causeIntervalMs);
    if (turn !== undefined) this.logger.warn({ cause, ...fields, ...turn }, `unavailable: ${cause}`);
  }

  /** To be called when the database has answered; logs the end of an outage whose beginning was logged. */
  recover(): void {
    if (this.awaySince === undefined) return;
    const awayMs = Math.round(this.now() - this.awaySince);
    this.awaySince = undefined;
    if (!this.isAwayLogged) return;
    this.isAwayLogged = false;
    this.logger.info({ awayMs }, 'the database is available again');
  }

  // Returns what the line has to say about the lines that were left out, or undefined when it is left out itself.
  private consumeInterval(key: string, intervalMs: number): { suppressed?: number } | undefined {
    const entry = this.entries.get(key);
    const now = this.now();
    if (entry !== undefined && now - entry.loggedAt < intervalMs) {
      entry.suppressed += 1;
      return undefined;
    }
    if (this.entries.size >= maxCauses) this.entries.clear();
    this.entries.set(key, { loggedAt: now, suppressed: 0 });
    return entry?.suppressed ? { suppressed: entry.suppressed } : {};
  }
}

function kindOf(error: unknown): string {
  const { type, sqlState } = describeError(error);
  return sqlState ?? type;
}
