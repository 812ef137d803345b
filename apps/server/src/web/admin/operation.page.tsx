import type { Operation } from '@central-index/registry-sync';
import type { VNode } from 'preact';
import { Facts, type Fact } from '../components/facts';
import { EnglishText, UserText } from '../components/user-text';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { AdminFrame } from './admin-frame';
import { AdoptionResult, MoveResult, SearchResult } from './operation-results';
import { subjectOf } from './operations-table';
import { ReconcileFacts } from './reconcile-facts';

/** One operation: its state, and its result once it has ended. */
export function operationPage(context: PageContext, operation: Operation): Page {
  const { operations: texts } = context.messages.admin;
  const title = texts.numbered(texts.kinds[operation.kind], operation.id);
  const isFinished = operation.finishedAt !== null;
  return {
    title,
    body: (
      <AdminFrame context={context} page="operations" heading={title}>
        <div role="status" data-refresh={isFinished ? undefined : context.address}>
          <Facts facts={factsOf(context, operation)} />
          {isFinished ? null : (
            <p>
              <a href={`/admin/operations/${operation.id}`}>{texts.refresh}</a>
            </p>
          )}
          <Result context={context} operation={operation} />
        </div>
      </AdminFrame>
    ),
  };
}

function factsOf(context: PageContext, operation: Operation): Fact[] {
  const { operations: texts } = context.messages.admin;
  const { time } = context.formats;
  const subject = subjectOf(operation);
  return [
    ...(subject === '' ? [] : [[texts.subject, <UserText>{subject}</UserText>] as const]),
    ...optionsOf(context, operation),
    [texts.state, texts.states[operation.state]],
    ...(operation.error === null
      ? []
      : [[texts.error, <EnglishText>{operation.error}</EnglishText>] as const]),
    [texts.requestedBy, <UserText>{operation.requestedBy}</UserText>],
    [texts.requestedAt, time(operation.createdAt)],
    ...(operation.finishedAt === null ? [] : [[texts.finishedAt, time(operation.finishedAt)] as const]),
  ];
}

function optionsOf({ messages }: PageContext, operation: Operation): Fact[] {
  const { operations: texts, registry } = messages.admin;
  const options: string[] = [];
  if (operation.kind === 'reconcile') {
    const { dryRun, full, limit } = operation.request;
    if (dryRun) options.push(registry.dryRun);
    if (full) options.push(registry.full);
    if (limit !== undefined) options.push(`${registry.limit}: ${limit}`);
  }
  if (operation.kind === 'move' && operation.request.deleteSource) options.push(registry.deleteSource);
  if (operation.kind === 'adopt') options.push(messages.forms.visibilities[operation.request.visibility]);
  if (operation.kind === 'search-check' && operation.request.repair)
    options.push(messages.admin.search.repair);
  return options.length === 0 ? [] : [[texts.options, options.join(' · ')]];
}

function Result({
  context,
  operation,
}: {
  readonly context: PageContext;
  readonly operation: Operation;
}): VNode | null {
  const { operations: texts } = context.messages.admin;
  const result = resultOf(context, operation);
  if (result === null) return null;
  return (
    <>
      <h2>{texts.result}</h2>
      {result}
    </>
  );
}

function resultOf(context: PageContext, operation: Operation): VNode | null {
  if (operation.result === null) return null;
  switch (operation.kind) {
    case 'move':
      return <MoveResult context={context} move={operation.result} />;
    case 'reconcile':
      return <ReconcileFacts context={context} reconcile={operation.result} />;
    case 'adopt':
      return <AdoptionResult context={context} adoption={operation.result} />;
    case 'search-rebuild':
    case 'search-check':
      return <SearchResult context={context} operation={operation} />;
  }
}
