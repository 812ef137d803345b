import type { SearchQuery } from '../query/query';
import { weights } from './weights';

/**
 * The fields whose words are indexed, best first; a document is listed under each of its words in the best field only.
 * `official` is the description of an official repository, `description` that of any other. `secondary` is what the image
 * says of itself, words without accents, and beginnings of the inner words of the name.
 */
export const wordFields = ['namespace', 'name', 'official', 'description', 'secondary'] as const;

/** A field whose words are indexed. */
export type WordField = (typeof wordFields)[number];

/** What a query names: a namespace (`ns/`), a name, both (`ns/name`), or neither. */
export type QueryForm = 'namespace' | 'name' | 'path' | 'words';

/**
 * Which documents a criterion applies to: all; those in the namespace that the query names, which count for
 * `namedNamespace` as well; or those that are not official, because `library` is only where official names are stored.
 */
export type Scope = 'everywhere' | 'namedNamespace' | 'unofficial';

/** How one form of query is compared with a field. */
interface Comparison {
  /** The part of the query that the field is compared with. */
  readonly operand: 'namespace' | 'name';
  readonly scope: Scope;
}

/** A class that compares a whole field with a part of the query. Queries of forms without an entry never have it. */
interface NameClassDefinition {
  readonly relation: 'exact' | 'prefix';
  readonly field: 'namespace' | 'name';
  readonly weight: number;
  readonly forms: Readonly<Partial<Record<QueryForm, Comparison>>>;
}

/** A class of documents that have every word of the query in the fields. It applies to all forms but `namespace`. */
interface WordClassDefinition {
  readonly relation: 'words';
  /** The first ones of `wordFields`: a document is listed under a word in the best field only. */
  readonly fields: readonly WordField[];
  readonly weight: number;
  /** What it counts for in addition if the repository is official. */
  readonly officialWeight?: number;
}

/** A class of documents in the namespace that a query of form `path` names, with every word of it in any field. */
interface NamespaceWordClassDefinition {
  readonly relation: 'wordsInNamespace';
  readonly weight: number;
}

// More than any other text and popularity together.
const namedNamespaceWeight = 500;

const byName: Comparison = { operand: 'name', scope: 'everywhere' };

/**
 * The table of text classes: how the text of a document matches a query, and what each way counts for. A document has
 * the heaviest class that applies to it. The scorer, the query matcher, the SQL of the PostgreSQL engine and the lists
 * of the Meilisearch engine all derive from this table; each translates fields and relations into its own terms.
 */
export const textClasses = {
  /** The text is the name of the repository: nginx finds bitnami/nginx. Worth about 260 stars. */
  nameExact: { relation: 'exact', field: 'name', weight: 8, forms: { name: byName, path: byName } },
  /**
   * The name begins with the text: half-typed names, and what is made of or for it (`nginx-proxy`). With 7 instead of
   * 5.7 the nDCG@10 of recorded sets is .73 instead of .72, also on terms that were held out; from 7.5 on that of recorded
   * orders falls. Outside the namespace that the query names, only the whole name counts.
   */
  namePrefix: {
    relation: 'prefix',
    field: 'name',
    weight: 7,
    forms: { name: byName, path: { operand: 'name', scope: 'namedNamespace' } },
  },
  /** The text is the namespace: users who type a vendor's name want the vendor's images. */
  namespaceExact: {
    relation: 'exact',
    field: 'namespace',
    weight: 10.75,
    forms: {
      namespace: { operand: 'namespace', scope: 'everywhere' },
      name: { operand: 'name', scope: 'unofficial' },
    },
  },
  /**
   * The repository is in the namespace of `ns/name`: who names a namespace wants what is in it, so this comes before all
   * others. Names with the prefix count for `namePrefix` as well.
   */
  namedNamespace: { relation: 'wordsInNamespace', weight: namedNamespaceWeight },
  /** Every word of the query is a word of the namespace. */
  wordInNamespace: { relation: 'words', fields: ['namespace'], weight: 5.2 },
  /** Every word is a word of the name, or of namespace and name together. */
  wordInName: { relation: 'words', fields: ['namespace', 'name'], weight: 4.5 },
  /** At least one word is in the description only: the zero of the scale. */
  description: {
    relation: 'words',
    fields: ['namespace', 'name', 'official', 'description'],
    weight: 0,
    officialWeight: weights.officialByDescription - weights.officialByName,
  },
  /**
   * At least one word is not in what the owner wrote, or not as it is spelt there: below all whole words. Worth two stars,
   * so that of repositories as popular as each other, those with the word come first.
   */
  secondary: { relation: 'words', fields: wordFields, weight: -1.5 },
} as const satisfies Record<string, NameClassDefinition | WordClassDefinition | NamespaceWordClassDefinition>;

/** The name of a text class. */
export type TextClass = keyof typeof textClasses;

/** A class of words. */
export interface WordClass extends WordClassDefinition {
  readonly textClass: TextClass;
}

/** A class of names as it applies to queries of one form. */
export interface NameCriterion extends Comparison {
  readonly textClass: TextClass;
  readonly relation: 'exact' | 'prefix';
  readonly field: 'namespace' | 'name';
  /** The weight of the class. */
  readonly weight: number;
  /** What every document that matches counts for: in the named namespace, `namedNamespace` as well. */
  readonly listWeight: number;
}

/** The documents that have every word of a query in the fields, and what each of them counts for at least. */
export interface WordCriterion {
  readonly textClass: TextClass;
  readonly fields: readonly WordField[];
  readonly weight: number;
  /** True when only official repositories count. */
  readonly isOfficial: boolean;
}

type Definition = NameClassDefinition | WordClassDefinition | NamespaceWordClassDefinition;
const definitions = Object.entries(textClasses) as [TextClass, Definition][];

/** The classes of words, heaviest first. The last one applies to every document that no other class applies to. */
export const wordClasses: readonly WordClass[] = definitions
  .flatMap(([textClass, definition]) =>
    definition.relation === 'words' ? [{ textClass, ...definition }] : [],
  )
  .sort((a, b) => b.weight - a.weight);

// An official repository has words in these fields only.
const officialFields: readonly WordField[] = ['name', 'official', 'secondary'];

/** The criteria of words, heaviest first. A class that counts for more if official has one criterion for each case. */
export const wordCriteria: readonly WordCriterion[] = wordClasses
  .flatMap(({ textClass, fields, weight, officialWeight }): WordCriterion[] => {
    const all = { textClass, fields, weight, isOfficial: false };
    if (officialWeight === undefined) return [all];
    const official = {
      textClass,
      fields: fields.filter((field) => officialFields.includes(field)),
      weight: weight + officialWeight,
      isOfficial: true,
    };
    return [official, all];
  })
  .sort((a, b) => b.weight - a.weight);

const criteriaByForm: Readonly<Record<QueryForm, readonly NameCriterion[]>> = {
  namespace: criteriaOfForm('namespace'),
  name: criteriaOfForm('name'),
  path: criteriaOfForm('path'),
  words: criteriaOfForm('words'),
};

/** The criteria that compare names with the query, in the order of the table. */
export function nameCriteria(query: SearchQuery): readonly NameCriterion[] {
  return criteriaByForm[formOf(query)];
}

/** True for `ns/name`: what has the words in that namespace has the class `namedNamespace`. */
export function isByNamespace(query: SearchQuery): boolean {
  return formOf(query) === 'path' && query.words.length > 0;
}

/** False for `ns/`, which asks for everything in a namespace and not for its words. */
export function isByWords(query: SearchQuery): boolean {
  return formOf(query) !== 'namespace';
}

function formOf({ namespace, name }: SearchQuery): QueryForm {
  if (namespace === undefined) return name === undefined ? 'words' : 'name';
  return name === undefined ? 'namespace' : 'path';
}

function criteriaOfForm(form: QueryForm): NameCriterion[] {
  return definitions.flatMap(([textClass, definition]) => {
    if (!('forms' in definition)) return [];
    const comparison = definition.forms[form];
    if (comparison === undefined) return [];
    const { relation, field, weight } = definition;
    const scopeWeight = comparison.scope === 'namedNamespace' ? namedNamespaceWeight : 0;
    return [{ textClass, relation, field, ...comparison, weight, listWeight: weight + scopeWeight }];
  });
}
