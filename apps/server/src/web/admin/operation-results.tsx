import type { Adoption, Move, Operation } from '@central-index/registry-sync';
import type { VNode } from 'preact';
import { Facts } from '../components/facts';
import { Table } from '../components/table';
import { EnglishText, UserText } from '../components/user-text';
import { verbatim } from '../components/verbatim';
import type { PageContext } from '../rendering/page-context';

// A registry may have a hundred thousand names. The API returns all of them.
const maxShown = 200;

/** The result of a move. */
export function MoveResult({ context, move }: { readonly context: PageContext; readonly move: Move }): VNode {
  const { results } = context.messages.admin.operations;
  return (
    <Facts
      facts={[
        [results.repository, <UserText>{move.name}</UserText>],
        [results.from, <UserText>{move.from ?? '–'}</UserText>],
        [results.to, <UserText>{move.to}</UserText>],
        [results.tags, context.formats.number(move.tags)],
      ]}
    />
  );
}

/** The result of an adoption: what was adopted, and what was not and why. */
export function AdoptionResult({
  context,
  adoption: { adopted, skipped },
}: {
  readonly context: PageContext;
  readonly adoption: Adoption;
}): VNode {
  const { results } = context.messages.admin.operations;
  const { number } = context.formats;
  return (
    <>
      <p>{results.adopted(number(adopted.length), number(skipped.length))}</p>
      {adopted.length === 0 ? null : (
        <Table name={results.adoptedNames} headings={[results.repository, results.tags]}>
          {adopted.slice(0, maxShown).map(({ name, tags }) => (
            <tr key={name}>
              <th scope="row" {...verbatim}>
                {name}
              </th>
              <td>{number(tags)}</td>
            </tr>
          ))}
        </Table>
      )}
      {skipped.length === 0 ? null : (
        <Table name={results.skippedNames} headings={[results.skippedName, results.reason]}>
          {skipped.slice(0, maxShown).map(({ name, reason }) => (
            <tr key={name}>
              <th scope="row" {...verbatim}>
                {name}
              </th>
              <td>
                <EnglishText>{reason}</EnglishText>
              </td>
            </tr>
          ))}
        </Table>
      )}
      {Math.max(adopted.length, skipped.length) > maxShown ? (
        <p>{results.shortened(number(maxShown))}</p>
      ) : null}
    </>
  );
}

/** The result of a rebuild or a check of the search index. */
export function SearchResult({
  context,
  operation,
}: {
  readonly context: PageContext;
  readonly operation: Extract<Operation, { kind: 'search-rebuild' | 'search-check' }>;
}): VNode | null {
  const { results } = context.messages.admin.operations;
  const { number } = context.formats;
  if (operation.result === null) return null;
  if (operation.kind === 'search-rebuild') {
    const { written, removed, copied } = operation.result;
    return (
      <Facts
        facts={[
          [results.written, number(written)],
          [results.removed, number(removed)],
          ...(copied === null ? [] : [[results.copied, number(copied)] as const]),
        ]}
      />
    );
  }
  const { documents, postings, spellings, replica, repaired } = operation.result;
  const total = documents + postings + spellings + (replica ?? 0);
  return (
    <>
      <p>{total === 0 ? results.noDrift : repaired ? results.driftRepaired : results.drift}</p>
      <Facts
        facts={[
          [results.documents, number(documents)],
          [results.postings, number(postings)],
          [results.spellings, number(spellings)],
          ...(replica === null ? [] : [[results.replica, number(replica)] as const]),
        ]}
      />
    </>
  );
}
