import type { StatementInput } from './statement';
import { resultWindow, type SearchFilters, type SearchOrder, type Viewer } from '../../engine/search-engine';
import type { SearchQuery } from '../../query/query';

// Inputs of every shape that a statement can have, for the test that prepares statements on real servers.

const words = ['node', 'base', 'image', 'small', 'tools'];
const queryOf = (query: Partial<SearchQuery>): SearchQuery => ({
  text: 'sample',
  paths: [],
  words: [],
  alternates: [],
  ...query,
});
const alternates = [
  { word: 'nodebase', covers: ['node', 'base'], isOtherSpelling: false },
  { word: 'nöde', covers: ['node'], isOtherSpelling: true },
];

const paths = ['registry.example/app', 'library/app'];
const queries: readonly SearchQuery[] = [
  queryOf({ namespace: 'alice', words: ['alice'] }),
  queryOf({ name: 'app', paths: ['library/app'], words: ['app'] }),
  queryOf({ name: 'app', paths, words: ['app'] }),
  queryOf({ name: 'app', paths: ['library/app'] }),
  queryOf({ name: 'my-app', paths: ['library/my-app'], words: ['my', 'app'] }),
  queryOf({
    name: 'a-name-without-postings',
    paths: ['library/a-name-without-postings'],
    words: ['a', 'name'],
  }),
  queryOf({ namespace: 'alice', name: 'app', paths: ['alice/app'], words: ['alice', 'app'] }),
  queryOf({ namespace: 'alice', name: 'app', paths: ['alice/app'] }),
  ...words.map((_, index) => queryOf({ words: words.slice(0, index + 1) })),
  ...[1, 2, 3].map((count) => queryOf({ words: words.slice(0, count), alternates })),
  queryOf({ namespace: 'alice', name: 'app', paths: ['alice/app'], words: ['alice', 'app'], alternates }),
  queryOf({ text: '' }),
];

const viewers: readonly Viewer[] = [
  { namespaces: [] },
  { namespaces: ['alice'] },
  { namespaces: ['alice'], patterns: ['alice/a*'] },
];

const filters: readonly SearchFilters[] = [
  { stars: 3 },
  { official: false, automated: true },
  { namespace: 'alice', kind: 'image' },
  { kind: 'helm-chart' },
  { os: 'linux' },
  { kind: 'plugin', architecture: 'arm64', stars: 1 },
  { namespace: 'library', official: true },
];

const orders: readonly SearchOrder[] = ['stars', 'pulls', 'updated', 'pushed'];

const inputOf = (query: SearchQuery, request: Partial<StatementInput['request']>): StatementInput => ({
  request: { query, filters: {}, order: 'relevance', viewer: viewers[0]!, limit: 25, ...request },
  words: query.words,
  probesArrays: true,
});

const inputs: readonly StatementInput[] = queries.flatMap((query) => [
  ...viewers.map((viewer) => inputOf(query, { viewer })),
  ...viewers.map((viewer) => inputOf(query, { viewer, skipCount: true, suggestBelow: 6 })),
  ...filters.map((filter) => inputOf(query, { filters: filter, viewer: viewers[1] })),
  ...orders.map((order) => inputOf(query, { order, filters: { stars: 3 } })),
  ...orders.map((order) => inputOf(query, { order, limit: resultWindow })),
  inputOf(query, { order: 'pushed', filters: { automated: true } }),
  { ...inputOf(query, {}), probesArrays: false },
]);

/** Arguments of `selectCandidates`, at least one for each shape. */
export const statementSamples = inputs.map((input): [StatementInput] => [input]) as [
  [StatementInput],
  ...[StatementInput][],
];
