import type { SearchDocument } from '../engine/search-document';
import { descriptionTokensOf, indexTokens } from '../query/tokenizer';
import type { WordField } from './text-classes';

/** The words of a document's namespace or name. */
export function nameTokens(
  field: 'namespace' | 'name',
  document: Pick<SearchDocument, 'namespace' | 'name' | 'official'>,
): string[] {
  // `library` is where an official name is stored, not a word that users search for.
  if (field === 'namespace' && document.official) return [];
  return indexTokens(document[field]);
}

/** The words that a document has in a field: none in a field that it does not have. */
export function fieldTokens(field: WordField, document: SearchDocument): string[] {
  if (field === 'namespace' || field === 'name') return nameTokens(field, document);
  return document.official === (field === 'official') ? descriptionTokensOf(document) : [];
}
