import type { VNode } from 'preact';
import type { PullsDto } from '../../api/pulls.dto';
import { repositoryPath } from '../components/repository-list';
import { Table } from '../components/table';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import type { DailyPulls } from './daily-pulls';
import { PullsChart } from './pulls-chart';
import { RepositoryHead, type RepositoryView } from './repository-head';

/** The lengths of the periods that can be shown, in days. */
export const pullPeriods: readonly number[] = [30, 90, 365];

/** Which pulls are shown: of how many days, and of one tag or of all. */
export interface PullsForm {
  readonly days: number;
  readonly tag?: string;
}

interface PullsPageProps {
  readonly context: PageContext;
  readonly view: RepositoryView;
  readonly form: PullsForm;
  /** Those of all tags. */
  readonly pulls: PullsDto;
  /** Those that are shown, of every day. */
  readonly days: readonly DailyPulls[];
}

/** The pulls of a repository by day, as a chart and as tables. */
export function pullsPage(props: PullsPageProps): Page {
  const { context, view, form, pulls, days } = props;
  const { repository } = view;
  const { repositoryTexts: texts } = context.messages;
  const { formats } = context;
  const path = `${repositoryPath(repository)}/pulls`;
  const total = days.reduce((sum, day) => sum + day.pulls, 0);
  const [count, tag] = [formats.number(total), form.tag];
  const title = tag === undefined ? texts.chart(count, form.days) : texts.chartOfTag(count, form.days, tag);
  const query = new URLSearchParams({ days: String(form.days), ...(tag === undefined ? {} : { tag }) });
  return {
    title: texts.pullsTitle(repository.full_name),
    canonical: path,
    isPublic: repository.visibility === 'public',
    body: (
      <>
        <RepositoryHead context={context} view={view} section="pulls" />
        <PullsChoice {...props} path={path} />
        <h2>{title}</h2>
        {total === 0 ? (
          <p>{texts.noPulls}</p>
        ) : (
          <>
            <PullsChart context={context} title={title} days={days} />
            <p>{maxText(context, days)}</p>
          </>
        )}
        <p>
          <a href={`${path}.csv?${query.toString()}`} download>
            {texts.csv}
          </a>
        </p>
        <ByTag context={context} pulls={pulls} />
        <details>
          <summary>{texts.byDay}</summary>
          <Table name={texts.byDay} headings={[texts.day, texts.pulls]}>
            {[...days].reverse().map((day) => (
              <tr key={day.day}>
                <th scope="row">{formats.date(new Date(day.day))}</th>
                <td>{formats.number(day.pulls)}</td>
              </tr>
            ))}
          </Table>
        </details>
      </>
    ),
  };
}

function maxText({ formats, messages }: PageContext, days: readonly DailyPulls[]): string {
  const most = days.reduce((best, day) => (day.pulls > best.pulls ? day : best));
  return messages.repositoryTexts.most(formats.number(most.pulls), formats.date(new Date(most.day)));
}

function PullsChoice({ context, form, pulls, path }: PullsPageProps & { readonly path: string }): VNode {
  const { repositoryTexts: texts } = context.messages;
  const tags = [...tagTotals(pulls).keys()];
  const choices = form.tag === undefined || tags.includes(form.tag) ? tags : [form.tag, ...tags];
  return (
    <form action={path} class="choice">
      <label>
        {texts.period}{' '}
        <select name="days">
          {pullPeriods.map((days) => (
            <option key={days} value={days} selected={days === form.days}>
              {texts.days(days)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {texts.tag}{' '}
        <select name="tag">
          <option value="">{texts.allTags}</option>
          {choices.map((tag) => (
            <option key={tag} value={tag} selected={tag === form.tag} {...verbatim}>
              {tag}
            </option>
          ))}
        </select>
      </label>
      <button>{texts.show}</button>
    </form>
  );
}

// The tags that are listed of any day, the most pulled first.
function tagTotals({ days }: PullsDto): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { name, pulls } of days.flatMap(({ tags }) => tags)) {
    totals.set(name, (totals.get(name) ?? 0) + pulls);
  }
  return new Map([...totals].sort(([, a], [, b]) => b - a).slice(0, maxTags));
}

const maxTags = 100;
const shownTags = 25;

function ByTag({ context, pulls }: Pick<PullsPageProps, 'context' | 'pulls'>): VNode | null {
  const { repositoryTexts: texts } = context.messages;
  const { formats } = context;
  if (pulls.pulls === 0) return null;
  const totals = [...tagTotals(pulls)].slice(0, shownTags);
  const byDigest = pulls.days.reduce((sum, day) => sum + day.by_digest, 0);
  const listed = totals.reduce((sum, [, count]) => sum + count, 0);
  const rest: [name: string, count: number][] = [
    [texts.byDigest, byDigest],
    [texts.otherTags, pulls.pulls - byDigest - listed],
  ];
  return (
    <>
      <h2>{texts.byTag}</h2>
      <Table name={texts.byTag} headings={[texts.tag, texts.pulls]}>
        {totals.map(([name, count]) => (
          <tr key={name}>
            <th scope="row" {...verbatim}>
              {name}
            </th>
            <td>{formats.number(count)}</td>
          </tr>
        ))}
        {rest
          .filter(([, count]) => count > 0)
          .map(([name, count]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{formats.number(count)}</td>
            </tr>
          ))}
      </Table>
    </>
  );
}
