import type { PullsDto } from '../../api/pulls.dto';

/** The pulls of one day (UTC). */
export interface DailyPulls {
  readonly day: string;
  readonly pulls: number;
}

const dayMs = 86_400_000;

/** Every day of a period, also those without pulls. */
export function dailyPulls({ from, to, days }: Pick<PullsDto, 'from' | 'to' | 'days'>): DailyPulls[] {
  const counts = new Map(days.map(({ day, pulls }) => [day, pulls]));
  const first = Date.parse(from);
  const length = (Date.parse(to) - first) / dayMs + 1;
  return Array.from({ length }, (_, at) => {
    const day = new Date(first + at * dayMs).toISOString().slice(0, 10);
    return { day, pulls: counts.get(day) ?? 0 };
  });
}
