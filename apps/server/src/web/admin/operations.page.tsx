import type { Operation } from '@central-index/registry-sync';
import { Paging } from '../components/paging';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { AdminFrame } from './admin-frame';
import { OperationsTable } from './operations-table';

/** A page of operations, and the cursor of the next page. */
export interface OperationsView {
  readonly operations: readonly Operation[];
  readonly next: string | null;
  readonly isFirst: boolean;
}

/** The operations that administrators requested, newest first. */
export function operationsPage(context: PageContext, { operations, next, isFirst }: OperationsView): Page {
  const { admin } = context.messages;
  return {
    title: admin.pages.operations,
    body: (
      <AdminFrame context={context} page="operations">
        <p>{admin.operations.text}</p>
        {operations.length === 0 ? (
          <p>{admin.operations.none}</p>
        ) : (
          <OperationsTable context={context} operations={operations} />
        )}
        <Paging context={context} path="/admin/operations" next={next} isFirst={isFirst} />
      </AdminFrame>
    ),
  };
}
