import type { VNode } from 'preact';
import { Table } from '../components/table';
import { Time } from '../components/time';
import { verbatim } from '../components/verbatim';
import type { PageContext } from '../rendering/page-context';
import type { RegistryState } from './overview-concerns';

interface RegistriesTableProps {
  readonly context: PageContext;
  readonly registries: readonly RegistryState[];
}

/** The registries, with the state of their events and of their latest reconcile. */
export function RegistriesTable({ context, registries }: RegistriesTableProps): VNode {
  const { registries: texts, pages, never } = context.messages.admin;
  const { formats } = context;
  const headings = [
    texts.name,
    texts.host,
    texts.kind,
    texts.latestEvent,
    texts.pending,
    texts.parked,
    texts.latestReconcile,
    texts.state,
  ];
  return (
    <Table name={pages.registries} headings={headings}>
      {registries.map(({ registry, backlog, latestEvent, reconcile }) => (
        <tr key={registry.id}>
          <th scope="row" {...verbatim}>
            <a href={`/admin/registries/${registry.name}`}>{registry.name}</a>
          </th>
          <td {...verbatim}>{registry.host}</td>
          <td {...verbatim}>{registry.kind}</td>
          <td>{latestEvent === undefined ? never : <Time context={context} at={latestEvent} />}</td>
          <td>{formats.number(backlog?.pending ?? 0)}</td>
          <td>{formats.number(backlog?.parked ?? 0)}</td>
          <td>{reconcile === undefined ? never : <Time context={context} at={reconcile.finishedAt} />}</td>
          <td>{stateOf(context, reconcile)}</td>
        </tr>
      ))}
    </Table>
  );
}

/** The outcome of a reconcile in one word. */
export function stateOf({ messages }: PageContext, reconcile: RegistryState['reconcile']): string {
  const { outcomes } = messages.admin.registries;
  if (reconcile === undefined) return outcomes.none;
  if (reconcile.error !== null) return outcomes.failed;
  return reconcile.alarm === null ? outcomes.good : outcomes.alarm;
}
