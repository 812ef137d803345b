import type { FailedJob } from '@central-index/platform/jobs';
import type { FieldError } from '@central-index/platform/errors';
import type { Operation } from '@central-index/registry-sync';
import type { SearchState } from '@central-index/search';
import type { VNode } from 'preact';
import { ActionButton } from '../components/actions';
import { Facts } from '../components/facts';
import { FormMessage, otherErrors } from '../components/form-fields';
import { Paging } from '../components/paging';
import { Table } from '../components/table';
import { Time } from '../components/time';
import { EnglishText } from '../components/user-text';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { AdminFrame } from './admin-frame';
import { OperationsTable } from './operations-table';
import { searchConcerns } from './overview-concerns';

/** What the page of search and jobs shows. */
export interface SearchAdminView {
  readonly state: SearchState;
  /** Operations on the search index that wait or run. */
  readonly operations: readonly Operation[];
  readonly failedJobs: readonly FailedJob[];
  readonly next: string | null;
  readonly isFirst: boolean;
  readonly errors: readonly FieldError[];
}

interface SearchAdminProps {
  readonly context: PageContext;
  readonly view: SearchAdminView;
}

/** The state of the search index, its maintenance, and the jobs that failed. */
export function searchAdminPage(context: PageContext, view: SearchAdminView): Page {
  const { admin } = context.messages;
  const props = { context, view };
  return {
    title: admin.pages.search,
    body: (
      <AdminFrame context={context} page="search">
        <FormMessage>{otherErrors(view.errors, [])}</FormMessage>
        <State {...props} />
        <Maintenance {...props} />
        <FailedJobs {...props} />
      </AdminFrame>
    ),
  };
}

function State({ context, view: { state } }: SearchAdminProps): VNode {
  const { search: texts, overview } = context.messages.admin;
  const { number } = context.formats;
  const concerns = searchConcerns(context, state);
  return (
    <>
      {concerns.length === 0 ? (
        <p class="verdict good">{texts.good}</p>
      ) : (
        <ul class="verdict bad">
          {concerns.map(({ text }) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      <Facts
        facts={[
          [texts.engine, overview.engines[state.engine]],
          ...(state.engine === 'postgresql'
            ? []
            : ([
                [texts.pending, number(state.pending)],
                [texts.rejected, number(state.rejected)],
                [texts.lag, texts.seconds(number(Math.round(state.lag)))],
                [texts.drift, number(state.drift)],
              ] as const)),
        ]}
      />
    </>
  );
}

function Maintenance({ context, view: { operations } }: SearchAdminProps): VNode {
  const { search: texts, overview } = context.messages.admin;
  return (
    <>
      {operations.length === 0 ? null : (
        <section>
          <h2>{overview.operations}</h2>
          <OperationsTable context={context} operations={operations} />
        </section>
      )}
      <div class="columns">
        <section>
          <h2>{texts.check}</h2>
          <p>{texts.checkText}</p>
          <ActionButton context={context} action="/admin/search/check" text={texts.check} />
        </section>
        <section>
          <h2>{texts.repair}</h2>
          <p>{texts.repairText}</p>
          <ActionButton
            context={context}
            action="/admin/search/check"
            text={texts.repair}
            hidden={{ repair: 'true' }}
          />
        </section>
        <section>
          <h2>{texts.rebuild}</h2>
          <p>{texts.rebuildText}</p>
          <ActionButton context={context} action="/admin/search/rebuild" text={texts.rebuild} />
        </section>
      </div>
    </>
  );
}

function FailedJobs({ context, view: { failedJobs, next, isFirst } }: SearchAdminProps): VNode {
  const { jobs: texts } = context.messages.admin;
  return (
    <section id="jobs">
      <h2>{texts.title}</h2>
      {failedJobs.length === 0 ? (
        <p>{texts.none}</p>
      ) : (
        <>
          <p>{texts.text}</p>
          <ActionButton context={context} action="/admin/jobs/retry" text={texts.retryAll} />
          <Table
            name={texts.title}
            headings={[texts.job, texts.error, texts.attempts, texts.failedAt, texts.action]}
          >
            {failedJobs.map(({ id, name, error, attempts, failedAt }) => (
              <tr key={id}>
                <th scope="row" {...verbatim}>
                  {`${name} #${id}`}
                </th>
                <td>
                  <EnglishText>{error}</EnglishText>
                </td>
                <td>{context.formats.number(attempts)}</td>
                <td>
                  <Time context={context} at={failedAt} />
                </td>
                <td>
                  <ActionButton
                    context={context}
                    action={`/admin/jobs/${id}/retry`}
                    text={texts.retry}
                    subject={`${name} #${id}`}
                  />
                </td>
              </tr>
            ))}
          </Table>
        </>
      )}
      <Paging context={context} path="/admin/search" next={next} isFirst={isFirst} />
    </section>
  );
}
