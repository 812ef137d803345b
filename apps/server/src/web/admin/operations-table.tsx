import type { Operation } from '@central-index/registry-sync';
import type { VNode } from 'preact';
import { Table } from '../components/table';
import { Time } from '../components/time';
import { EnglishText } from '../components/user-text';
import { verbatim } from '../components/verbatim';
import type { PageContext } from '../rendering/page-context';

interface OperationsTableProps {
  readonly context: PageContext;
  readonly operations: readonly Operation[];
}

/** Operations, each with a link to its result. */
export function OperationsTable({ context, operations }: OperationsTableProps): VNode {
  const { operations: texts, pages } = context.messages.admin;
  const headings = [
    texts.operation,
    texts.subject,
    texts.state,
    texts.requestedBy,
    texts.requestedAt,
    texts.finishedAt,
  ];
  return (
    <Table name={pages.operations} headings={headings}>
      {operations.map((operation) => (
        <tr key={operation.id}>
          <th scope="row">
            <a href={`/admin/operations/${operation.id}`}>
              {texts.numbered(texts.kinds[operation.kind], operation.id)}
            </a>
          </th>
          <td {...verbatim}>{subjectOf(operation)}</td>
          <td>
            {texts.states[operation.state]}
            <Trouble operation={operation} />
          </td>
          <td {...verbatim}>{operation.requestedBy}</td>
          <td>
            <Time context={context} at={operation.createdAt} />
          </td>
          <td>
            {operation.finishedAt === null ? null : <Time context={context} at={operation.finishedAt} />}
          </td>
        </tr>
      ))}
    </Table>
  );
}

// A reconcile succeeds also if it could not read everything.
function Trouble({ operation }: { readonly operation: Operation }): VNode | null {
  const result = operation.kind === 'reconcile' ? operation.result : null;
  const trouble = operation.error ?? result?.error ?? result?.alarm ?? null;
  if (trouble === null) return null;
  return (
    <>
      {': '}
      <EnglishText>{trouble}</EnglishText>
    </>
  );
}

/** What an operation is about, in the words that its requester typed. */
export function subjectOf(operation: Operation): string {
  switch (operation.kind) {
    case 'move':
      return `${operation.request.repository} → ${operation.request.registry}`;
    case 'adopt':
      return `${operation.request.pattern} (${operation.request.registry})`;
    case 'reconcile':
      return operation.request.registry;
    case 'search-rebuild':
    case 'search-check':
      return '';
  }
}
