import type { Condition } from './filters';
import { operandBounds, operands } from './statement-params';
import type { Bind } from './statement';
import type { NameCriterion } from '../../ranking/text-classes';

/** Condition on search_document: it matches by the criterion. An index can answer all of it. */
export function nameCondition(criterion: NameCriterion): Condition {
  // Everything official is in `library`, and nothing else: this needs the index only, not the row.
  return (bind) => partsOf(bind, criterion, `namespace <> 'library'`).join(' and ');
}

/** The same condition for a document that is read anyway, in parentheses where it has several parts. */
export function nameConditionOnRow(bind: Bind, criterion: NameCriterion): string {
  const parts = partsOf(bind, criterion, 'not official');
  return parts.length > 1 ? `(${parts.join(' and ')})` : parts[0]!;
}

function partsOf(
  bind: Bind,
  { field, relation, operand, scope }: NameCriterion,
  unofficial: string,
): string[] {
  return [
    ...(scope === 'namedNamespace' ? [`namespace = ${bind(operands.namespace)}`] : []),
    ...(relation === 'exact'
      ? [`${field} = ${bind(operands[operand])}`]
      : [`${field} >= ${bind(operands[operand])}`, `${field} < ${bind(operandBounds[operand])}`]),
    ...(scope === 'unofficial' ? [unofficial] : []),
  ];
}

/** The criteria without those whose documents another one matches as well: a name that is equal also begins so. */
export function widest(criteria: readonly NameCriterion[]): NameCriterion[] {
  return criteria.filter((one) => !criteria.some((other) => covers(other, one)));
}

function covers(wide: NameCriterion, narrow: NameCriterion): boolean {
  return (
    wide.relation === 'prefix' &&
    narrow.relation === 'exact' &&
    wide.field === narrow.field &&
    wide.operand === narrow.operand &&
    (wide.scope === 'everywhere' || wide.scope === narrow.scope)
  );
}
