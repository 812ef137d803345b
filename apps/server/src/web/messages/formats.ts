import type { Locale } from './locale';

/** Numbers, sizes and times as readers of one language write them. */
export interface Formats {
  /** `1,234`. */
  readonly number: (value: number) => string;
  /** `1.2K`, for lists. */
  readonly short: (value: number) => string;
  /** Bytes as `12.3 MB`, in powers of 1,000. */
  readonly bytes: (value: number) => string;
  /** A day. */
  readonly date: (time: Date) => string;
  /** A number of seconds in words, rounded up: `40 seconds`, `5 minutes`, `3 hours`. */
  readonly duration: (seconds: number) => string;
  /** Day, hour and minute in UTC. */
  readonly time: (time: Date) => string;
}

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** The formats of a language. Each Intl object takes a millisecond to make, so they are made once. */
export function formatsOf(locale: Locale): Formats {
  let found = known.get(locale);
  if (found === undefined) known.set(locale, (found = makeFormats(locale)));
  return found;
}

const known = new Map<Locale, Formats>();

function makeFormats(locale: Locale): Formats {
  const number = new Intl.NumberFormat(locale);
  const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const sizes = units.map(
    (unit) =>
      new Intl.NumberFormat(locale, {
        style: 'unit',
        unit,
        maximumFractionDigits: 1,
        // `131 byte` is no English.
        unitDisplay: unit === 'byte' ? 'long' : 'short',
      }),
  );
  const durations = (['second', 'minute', 'hour'] as const).map(
    (unit) => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }),
  );
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });
  return {
    number: (value) => number.format(value),
    short: (value) => short.format(value),
    bytes: (value) => {
      const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
      return sizes[power]!.format(value / 1000 ** power);
    },
    date: (value) => date.format(value),
    duration: (seconds) => {
      const power = seconds <= 90 ? 0 : seconds <= 5_400 ? 1 : 2;
      return durations[power]!.format(Math.max(1, Math.ceil(seconds / 60 ** power)));
    },
    time: (value) => `${time.format(value)} UTC`,
  };
}
