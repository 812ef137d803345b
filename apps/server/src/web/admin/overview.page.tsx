import type { FieldError } from '@central-index/platform/errors';
import type { VNode } from 'preact';
import { ActionButton } from '../components/actions';
import { FormMessage, otherErrors } from '../components/form-fields';
import { Table } from '../components/table';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { AdminFrame } from './admin-frame';
import { OperationsTable } from './operations-table';
import { concernsOf, type Concern, type OverviewView } from './overview-concerns';
import { RegistriesTable } from './registries-table';

/** Whether everything is well, and what to do next if it is not. */
export function overviewPage(context: PageContext, view: OverviewView, errors: readonly FieldError[]): Page {
  const { admin } = context.messages;
  const { registries, operations } = view;
  return {
    title: admin.pages.overview,
    body: (
      <AdminFrame context={context} page="overview">
        <FormMessage>{otherErrors(errors, [])}</FormMessage>
        <Verdict context={context} concerns={concernsOf(context, view)} />
        <Checks context={context} view={view} />
        {registries.length === 0 ? null : (
          <>
            <h2>{admin.pages.registries}</h2>
            <RegistriesTable context={context} registries={registries} />
          </>
        )}
        {operations.length === 0 ? null : (
          <>
            <h2>{admin.overview.operations}</h2>
            <OperationsTable context={context} operations={operations} />
          </>
        )}
        <Keys context={context} view={view} />
      </AdminFrame>
    ),
  };
}

function Verdict({
  context,
  concerns,
}: {
  readonly context: PageContext;
  readonly concerns: readonly Concern[];
}): VNode {
  const { overview } = context.messages.admin;
  if (concerns.length === 0) return <p class="verdict good">{overview.allWell}</p>;
  return (
    <section class="verdict bad">
      <h2>{overview.attention(context.formats.number(concerns.length), concerns.length)}</h2>
      <ul>
        {concerns.map(({ text, path }) => (
          <li key={text}>{path === undefined ? text : <a href={path}>{text}</a>}</li>
        ))}
      </ul>
    </section>
  );
}

function Checks({ context, view }: { readonly context: PageContext; readonly view: OverviewView }): VNode {
  const { overview, never } = context.messages.admin;
  const { formats } = context;
  const { health, facts, search } = view;
  const verdict = (check: string): string => (check === 'ok' ? overview.ok : overview.notOk);
  const seen = facts?.workerLastSeen;
  const oldest = facts?.oldestEvent;
  const rows: (readonly [name: string, verdict: string, detail: string])[] = [
    [overview.database, verdict(health.checks.database), ''],
    [
      overview.worker,
      verdict(health.checks.worker),
      overview.lastSeen(seen === undefined ? never : formats.time(seen)),
    ],
    [
      overview.jobs,
      verdict(health.checks.jobs),
      overview.failedJobs(formats.number(facts?.failedJobs ?? 0), facts?.failedJobs ?? 0),
    ],
    [
      overview.events,
      verdict(health.checks.events),
      oldest === undefined ? overview.noEventWaits : overview.eventWaits(formats.time(oldest)),
    ],
    [
      overview.search,
      search.fallback === undefined ? overview.ok : overview.notOk,
      searchDetail(context, view),
    ],
  ];
  return (
    <Table name={overview.checks} headings={[overview.check, overview.verdict, overview.detail]}>
      {rows.map(([name, text, detail]) => (
        <tr key={name}>
          <th scope="row">{name}</th>
          <td>{text}</td>
          <td>{detail}</td>
        </tr>
      ))}
    </Table>
  );
}

function searchDetail({ messages, formats }: PageContext, { search }: OverviewView): string {
  const { overview } = messages.admin;
  const engine = overview.engines[search.engine];
  return search.engine === 'postgresql'
    ? engine
    : `${engine}, ${overview.pending(formats.number(search.pending))}`;
}

function Keys({ context, view }: { readonly context: PageContext; readonly view: OverviewView }): VNode {
  const { keys } = context.messages.admin;
  return (
    <>
      <h2>{keys.title}</h2>
      <p>{keys.text}</p>
      <ActionButton context={context} action="/admin/keys/rotate" text={keys.rotate} />
      <Table name={keys.title} headings={[keys.id, keys.purpose, keys.algorithm, keys.state, keys.expires]}>
        {view.keys.map(({ kid, algorithm, purpose, state, notAfter }) => (
          <tr key={kid}>
            <th scope="row" {...verbatim}>
              <code>{kid.slice(0, 16)}</code>
            </th>
            <td {...verbatim}>{purpose}</td>
            <td {...verbatim}>{algorithm}</td>
            <td>{keys.states[state]}</td>
            <td>{context.formats.date(notAfter)}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}
