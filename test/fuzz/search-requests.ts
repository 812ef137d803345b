import type { Filters } from './search-oracle';
import type { Dice } from './token-requests';

/** A parameter as it is sent, and its meaning. */
interface Parameter {
  readonly name: string;
  readonly value: string;
  /** Undefined if the value is invalid, so that the API rejects the request. */
  readonly meaning?: Filters & { readonly page?: number; readonly size?: number };
}

/** One request: the text of the query and further parameters. */
export interface SearchRequest {
  readonly q: string;
  /** False where the oracle cannot predict the matches, only which repositories must not be shown. */
  readonly exact: boolean;
  readonly parameters: readonly Parameter[];
}

const words =
  'app web centos acme alice bobby secret private true null or and select drop table where official port pure build 1 100 80 hidden knows my api cento offi'.split(
    ' ',
  );
const glues = [
  ' ',
  ' ',
  ' ',
  '\t',
  '\u0000',
  '\u0001',
  '\u007f',
  '%',
  '_',
  '\\',
  '$',
  ';',
  '--',
  '-',
  '.',
  '"',
];
glues.push(
  "'",
  '`',
  '(',
  ')',
  '{',
  '}',
  '[',
  ']',
  '<',
  '>',
  '=',
  '!=',
  '?',
  '*',
  '|',
  '||',
  '^',
  '~',
  '+',
  ',',
);
const attacks = [
  '" OR private = true',
  '" OR 1 = 1 --',
  "' or '1'='1",
  "'; drop table search_document; --",
  "') union select * from account --",
  '$1 $2',
  '%',
  '_',
  '%%%app%%%',
  '\\',
  '\\x00',
  ' IN [1,2]',
  ' STARTS WITH "a"',
  ' NOT IN [0]',
  ' EXISTS',
  'id > 0',
  '-app',
  '"app"',
  '-"app"',
  '(((((((((((((((((((('.repeat(20),
  '[['.repeat(50),
  'a'.repeat(5_000),
  'app '.repeat(1_250),
  '\u0000'.repeat(300),
];
const separators = [
  '/',
  ':',
  '@',
  '//',
  '../',
  'library/',
  'docker.io/',
  ':latest',
  '@sha256:',
  'http://',
  '\ufeff',
];
separators.push('日本', 'ı', 'ﬁ', '\u{1f433}', '\u202e', 'é', 'e\u0301', '\ud800');

const values: Readonly<Record<string, readonly [value: string, meaning?: Parameter['meaning']][]>> = {
  page: [
    ['1', { page: 1 }],
    ['1000', { page: 1000 }],
    ...['0', '-1', '1001', '1e9', '1000000000', "1'--", '1;', '', 'NaN', '0x1', ' 1'].map(invalid),
  ],
  per_page: [
    ['100', { size: 100 }],
    ['1', { size: 1 }],
    ...['0', '-1', '101', '1e9', '1000000000', 'all', "1' or '1", ''].map(invalid),
  ],
  sort: [
    ['relevance', {}],
    ['stars', {}],
    ['pulls', {}],
    ['updated', {}],
    ...['private', 'stars;--', 'stars desc', 'password=~a', "stars' or 1", '', 'id', 'Stars'].map(invalid),
  ],
  official: [
    ['true', { official: true }],
    ['false', { official: false }],
    ...['1', 'null', "true' or 1"].map(invalid),
  ],
  automated: [['true', { automated: true }], ...['yes', '', 'true OR private = true'].map(invalid)],
  stars: [
    ['0', { stars: 0 }],
    ['4', { stars: 4 }],
    ...['-1', '1e3', '9999999999', '0 OR private = true', '0]'].map(invalid),
  ],
  namespace: [
    ...[
      ...Array<string>(8).fill('alice'),
      ...Array<string>(3).fill('acme'),
      'library',
      'ACME',
      '%',
      '_',
      'a%',
      'acme" OR private = true',
      "acme' or '1'='1",
      '\\',
      'acme/',
    ].map((value): [string, Parameter['meaning']] => [value, { namespace: value.toLowerCase() }]),
    ...['a\u0000', 'x'.repeat(256)].map(invalid),
  ],
  private: ['true', '1'].map(invalid),
  visibility: ['private'].map(invalid),
  cursor: ['eyJpZCI6MX0', "1' or '1'='1", '9'.repeat(400)].map(invalid),
  'q[]': ['app'].map(invalid),
  __proto__: ['app'].map(invalid),
  password: ['=~.*'].map(invalid),
};

const validValues: typeof values = Object.fromEntries(
  Object.entries(values)
    .map(([name, options]) => [name, options.filter(([, meaning]) => meaning !== undefined)] as const)
    .filter(([, options]) => options.length > 0),
);

function invalid(value: string): [string] {
  return [value];
}

// Percent-encoded and with the other headers this is just below 16 kB. Above that, Node itself responds with 431.
const maxTextLength = 5_000;

/** A hostile search request. */
export function fuzzedSearch(dice: Dice): SearchRequest {
  const exact = !dice.oneIn(4);
  const pieces = Array.from({ length: 1 + dice.roll(dice.pick([1, 2, 5])) }, () => {
    if (!exact && dice.oneIn(2)) return dice.pick(separators);
    return dice.oneIn(4) ? dice.pick(attacks) : dice.pick(words);
  });
  const q = pieces.reduce((text, piece) => text + (dice.oneIn(5) && !exact ? '' : dice.pick(glues)) + piece);
  const parameters = new Map<string, Parameter>();
  // Half of the requests have valid parameters only, so that filtered results are compared, too.
  const valid = dice.oneIn(2);
  while (dice.oneIn(2)) {
    const name = dice.pick(valid ? Object.keys(validValues) : Object.keys(values));
    const [value, meaning] = dice.pick(valid ? validValues[name]! : values[name]!);
    parameters.set(name, { name, value, meaning });
  }
  const attacked = dice.oneIn(6) ? dice.pick(attacks) + q : q;
  return { q: attacked.slice(0, maxTextLength), exact, parameters: [...parameters.values()] };
}

/** The query string of a request, byte for byte as a hostile client would send it. */
export function queryString(
  { q, parameters }: SearchRequest,
  names: Readonly<Record<string, string>>,
): string {
  const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString('utf8'));
  const pairs = parameters.map(({ name, value }) => `${encoded(names[name] ?? name)}=${encoded(value)}`);
  return [`q=${encoded(q)}`, ...pairs].join('&');
}
