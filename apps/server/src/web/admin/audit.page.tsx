import type { VNode } from 'preact';
import type { AuditEventDto } from '../../admin/audit.dto';
import type { ListDto } from '../../api/page.dto';
import { TextField } from '../components/controls';
import { Paging } from '../components/paging';
import { Table } from '../components/table';
import { Time } from '../components/time';
import { verbatim } from '../components/verbatim';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { AdminFrame } from './admin-frame';

/** The filters of the audit log; an empty one does not apply. */
export interface AuditFilters {
  readonly action: string;
  readonly actor: string;
  readonly subject: string;
}

/** What the page of the audit log shows. */
export interface AuditView {
  readonly events: ListDto<AuditEventDto>;
  readonly filters: AuditFilters;
  readonly isFirst: boolean;
}

const maxDetailLength = 500;

/** The audit log: a form of filters over a table, newest first. */
export function auditPage(context: PageContext, { events, filters, isFirst }: AuditView): Page {
  const { admin } = context.messages;
  return {
    title: admin.pages.audit,
    body: (
      <AdminFrame context={context} page="audit">
        <Filters context={context} filters={filters} />
        {events.items.length === 0 ? (
          <p>{admin.audit.none}</p>
        ) : (
          <Events context={context} events={events.items} />
        )}
        <Paging
          context={context}
          path="/admin/audit"
          filters={{ ...filters }}
          next={events.next}
          isFirst={isFirst}
        />
      </AdminFrame>
    ),
  };
}

function Filters({
  context,
  filters,
}: {
  readonly context: PageContext;
  readonly filters: AuditFilters;
}): VNode {
  const { audit } = context.messages.admin;
  return (
    <form action="/admin/audit" class="row" aria-label={context.messages.search.filters}>
      <TextField name="action" label={audit.action} hint={audit.actionHint} value={filters.action} />
      <TextField name="actor" label={audit.actor} hint={audit.actorHint} value={filters.actor} />
      <TextField name="subject" label={audit.subject} hint={audit.subjectHint} value={filters.subject} />
      <button>{audit.filter}</button>
    </form>
  );
}

function Events({
  context,
  events,
}: {
  readonly context: PageContext;
  readonly events: readonly AuditEventDto[];
}): VNode {
  const { audit, pages } = context.messages.admin;
  const headings = [audit.time, audit.action, audit.actor, audit.address, audit.subject, audit.detail];
  return (
    <Table name={pages.audit} headings={headings} isVerbatim>
      {events.map((event) => (
        <tr key={event.id}>
          <td>
            <Time context={context} at={new Date(event.at)} />
          </td>
          <th scope="row">{event.action}</th>
          <td>{event.actor ?? ''}</td>
          <td>{event.address ?? ''}</td>
          <td>{event.subject}</td>
          <td>
            <Detail detail={event.detail} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Detail({ detail }: { readonly detail: AuditEventDto['detail'] }): VNode | null {
  const entries = Object.entries(detail);
  if (entries.length === 0) return null;
  const text = entries
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
  return (
    <code {...verbatim}>{text.length > maxDetailLength ? `${text.slice(0, maxDetailLength)} …` : text}</code>
  );
}
