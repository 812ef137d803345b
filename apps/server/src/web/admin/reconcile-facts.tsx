import type { ReconcileResult } from '@central-index/registry-sync';
import type { VNode } from 'preact';
import { Facts } from '../components/facts';
import { EnglishText } from '../components/user-text';
import type { PageContext } from '../rendering/page-context';

interface ReconcileFactsProps {
  readonly context: PageContext;
  readonly reconcile: ReconcileResult;
}

/** The result of a reconcile. */
export function ReconcileFacts({ context, reconcile }: ReconcileFactsProps): VNode {
  const { reconcile: texts } = context.messages.admin;
  const { number, time } = context.formats;
  return (
    <Facts
      facts={[
        [texts.finished, time(reconcile.finishedAt)],
        [texts.repositories, number(reconcile.repositories)],
        [texts.added, number(reconcile.added)],
        [texts.deleted, number(reconcile.deleted)],
        [texts.missing, number(reconcile.missing)],
        [texts.unclaimed, number(reconcile.unclaimed)],
        ...(reconcile.error === null
          ? []
          : [[texts.error, <EnglishText>{reconcile.error}</EnglishText>] as const]),
        ...(reconcile.alarm === null
          ? []
          : [[texts.alarm, <EnglishText>{reconcile.alarm}</EnglishText>] as const]),
      ]}
    />
  );
}
