import type { VNode } from 'preact';
import type { PageContext } from '../rendering/page-context';
import type { DailyPulls } from './daily-pulls';

interface PullsChartProps {
  readonly context: PageContext;
  readonly title: string;
  readonly days: readonly DailyPulls[];
}

const [width, height] = [720, 160];

/** Pulls by day as bars. Colours and fonts are those of the page: an attribute `style` would not be applied. */
export function PullsChart({ context, title, days }: PullsChartProps): VNode {
  const { formats, messages } = context;
  const top = roundedUp(Math.max(...days.map(({ pulls }) => pulls)));
  const step = width / days.length;
  const dateOf = ({ day }: DailyPulls): string => formats.date(new Date(day));
  return (
    <figure class="chart">
      <p class="hint">{formats.number(top)}</p>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-labelledby="pulls-chart"
      >
        <title id="pulls-chart">{title}</title>
        {days.map((day, at) => {
          const bar = day.pulls === 0 ? 0 : Math.max(1, (day.pulls / top) * height);
          return (
            <rect
              key={day.day}
              x={rounded(at * step)}
              y={rounded(height - bar)}
              width={rounded(step * 0.8)}
              height={rounded(bar)}
            >
              <title>{messages.repositoryTexts.bar(dateOf(day), formats.number(day.pulls))}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption class="hint">
        <span>{dateOf(days[0]!)}</span>
        <span>{dateOf(days.at(-1)!)}</span>
      </figcaption>
    </figure>
  );
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

// The next number with one digit that counts, and 1, 2 or 5 as that digit: a scale that can be read.
function roundedUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return power * ([1, 2, 5, 10].find((digit) => digit * power >= value) ?? 10);
}
