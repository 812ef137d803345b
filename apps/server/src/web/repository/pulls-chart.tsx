import type { VNode } from 'preact';
import type { PageContext } from '../rendering/page-context';
import type { DailyPulls } from './daily-pulls';

interface PullsChartProps {
  readonly context: PageContext;
  readonly title: string;
  readonly days: readonly DailyPulls[];
}

const [width, height] = [720, 200];
const [left, bottom, top] = [8, 24, 24];
const plot = { width: width - 2 * left, height: height - bottom - top };

/** Pulls by day as bars. Colours and fonts are those of the page: an attribute `style` would not be applied. */
export function PullsChart({ context, title, days }: PullsChartProps): VNode {
  const { formats, messages } = context;
  const most = roundedUp(Math.max(...days.map(({ pulls }) => pulls)));
  const step = plot.width / days.length;
  const dateOf = ({ day }: DailyPulls): string => formats.date(new Date(day));
  return (
    <svg class="chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-labelledby="pulls-chart">
      <title id="pulls-chart">{title}</title>
      <line x1={left} x2={width - left} y1={top} y2={top} class="grid" />
      <line x1={left} x2={width - left} y1={top + plot.height} y2={top + plot.height} class="axis" />
      <text x={left} y={top - 6}>
        {formats.number(most)}
      </text>
      {days.map((day, at) => {
        const bar = day.pulls === 0 ? 0 : Math.max(1, (day.pulls / most) * plot.height);
        return (
          <rect
            key={day.day}
            x={rounded(left + at * step)}
            y={rounded(top + plot.height - bar)}
            width={rounded(Math.max(0.8, step * 0.8))}
            height={rounded(bar)}
          >
            <title>{messages.repositoryTexts.bar(dateOf(day), formats.number(day.pulls))}</title>
          </rect>
        );
      })}
      <text x={left} y={height - 6}>
        {dateOf(days[0]!)}
      </text>
      <text x={width - left} y={height - 6} text-anchor="end">
        {dateOf(days.at(-1)!)}
      </text>
    </svg>
  );
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

// The next number with one digit that counts, and 1, 2 or 5 as that digit: a scale that can be read.
function roundedUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return power * ([1, 2, 5, 10].find((digit) => digit * power >= value) ?? 10);
}
