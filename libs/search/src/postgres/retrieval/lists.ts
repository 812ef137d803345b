import { DocumentLists, inNamespace, inNamespaceNamed, namePrefix, type List } from './document-lists';
import type { Condition, Filters } from './filters';
import { postings } from './postings';
import { nameOf, termsOfWord } from './statement-params';
import type { Bind } from './statement';
import { thousandths, wordFields } from '../storage/terms';
import type { SearchQuery } from '../../query/query';
import { weights } from '../../ranking/weights';

/**
 * The lists whose first rows hold the first rows of the whole ranking: one for each text class, so that a document
 * among the best of all is among the best of its class. Where several words meet is not among them.
 */
export function listsOf(query: SearchQuery, narrowing?: Filters): List[] {
  const { namespace, name, paths, words } = query;
  const documents = new DocumentLists(narrowing);
  if (namespace !== undefined && name === undefined) {
    return [documents.list(weights.namespaceExact, inNamespace)];
  }
  const byWord = words.length === 1 ? [wordLists(narrowing)] : [];
  const pins = paths.map((_, index) => documents.path(index));
  if (name === undefined) return [...pins, ...byWord];
  const equal = documents.list(weights.nameExact, (bind) => `name = ${bind(nameOf)}`);
  if (namespace !== undefined) {
    const begins = documents.list(
      weights.namePrefix + weights.namespaceExact,
      (bind) => `${inNamespace(bind)} and ${namePrefix(bind)}`,
    );
    return [...pins, equal, begins, ...byWord];
  }
  return [
    ...pins,
    equal,
    documents.beginnings(name),
    documents.list(weights.namespaceExact, inNamespaceNamed),
    ...byWord,
  ];
}

/** The same documents for counting: `select rank key` of fewer and complete lists, in any order. */
export function countedLists(query: SearchQuery, narrowing?: Filters): List[] {
  const { namespace, name, words } = query;
  const documents = new DocumentLists(narrowing, '');
  const counted = (condition: Condition): List => documents.list(undefined, condition);
  if (namespace !== undefined && name === undefined) return [counted(inNamespace)];
  const byWord: List[] = words.length === 1 ? [anyField(narrowing)] : [];
  if (name === undefined) return byWord;
  if (namespace !== undefined) {
    return [
      counted((bind) => `name = ${bind(nameOf)}`),
      counted((bind) => `${inNamespace(bind)} and ${namePrefix(bind)}`),
      ...byWord,
    ];
  }
  return [counted(namePrefix), counted(inNamespaceNamed), ...byWord];
}

/** Condition on search_document as `document`: it answers the query. For reading few documents one by one. */
export function matchSql(bind: Bind, { namespace, name, words }: SearchQuery): string {
  if (namespace !== undefined && name === undefined) return inNamespace(bind);
  const ways: string[] = [];
  if (words.length > 0) {
    const every = words.map((_, index) => `terms && ${bind(termsOfWord(index))}::bigint[]`);
    ways.push(`(${every.join(' and ')})`);
  }
  if (name !== undefined && namespace !== undefined) {
    ways.push(`name = ${bind(nameOf)}`, `(${inNamespace(bind)} and ${namePrefix(bind)})`);
  } else if (name !== undefined) {
    ways.push(`(${namePrefix(bind)})`, `(namespace = ${bind(nameOf)} and not official)`);
  }
  return ways.length > 0 ? `(${ways.join(' or ')})` : 'false';
}

// One word stands in one field, so its ways are the lists of the fields. As one, because each part of a statement costs.
function wordLists(narrowing?: Filters): List {
  const ofFields: Readonly<Record<(typeof wordFields)[number], number>> = {
    namespace: weights.wordInNamespace,
    name: weights.wordInName,
    official: weights.officialByDescription - weights.officialByName,
    description: weights.description,
  };
  return (bind, limit) => {
    const terms = bind(termsOfWord(0));
    const fields = wordFields.map(
      (field, index) => `((${terms}::bigint[])[${index + 1}], ${thousandths(ofFields[field])})`,
    );
    return `select listed.rank_key, weight from (values ${fields.join(', ')}) as field (term, weight)
      cross join lateral (${postings(bind, 'term = field.term', limit, narrowing)}) as listed`;
  };
}

function anyField(narrowing?: Filters): List {
  return (bind, limit) =>
    postings(bind, `term = any(${bind(termsOfWord(0))}::bigint[])`, limit, narrowing, { order: '' });
}
