// What other APIs call the same thing. The first of the names that exists is meant.
const otherNames: Readonly<Record<string, readonly string[]>> = {
  limit: ['per_page', 'n'],
  page_size: ['per_page', 'n'],
  size: ['per_page', 'n'],
  count: ['per_page', 'n'],
  max_results: ['per_page', 'n'],
  n: ['per_page'],
  first: ['per_page', 'n'],
  after: ['cursor', 'last'],
  before: ['cursor', 'last'],
  last: ['cursor'],
  next: ['cursor', 'last'],
  marker: ['cursor', 'last'],
  page_token: ['cursor', 'last'],
  continue: ['cursor', 'last'],
  offset: ['page', 'cursor'],
  start: ['page', 'cursor', 'from'],
  skip: ['page', 'cursor'],
  query: ['q'],
  search: ['q'],
  term: ['q'],
  text: ['q', 'description'],
  keyword: ['q'],
  order: ['sort'],
  order_by: ['sort'],
  ordering: ['sort'],
  sort_by: ['sort'],
  min_stars: ['stars'],
  star_count: ['stars'],
  is_official: ['official'],
  is_automated: ['automated'],
  owner: ['namespace', 'username'],
  org: ['namespace'],
  organization: ['namespace'],
  user: ['username', 'namespace', 'account', 'actor'],
  user_name: ['username'],
  login: ['username'],
  account: ['username', 'actor'],
  name: ['username', 'label'],
  pass: ['password'],
  secret: ['password'],
  new_password: ['password'],
  old_password: ['current_password'],
  mail: ['email'],
  invitation: ['invite'],
  code: ['invite'],
  title: ['label', 'name', 'description'],
  note: ['label'],
  repository: ['name', 'repositories', 'repository'],
  repo: ['name', 'repositories', 'repository'],
  repos: ['repositories'],
  short_description: ['description'],
  summary: ['description'],
  full_description: ['readme'],
  long_description: ['readme'],
  private: ['visibility'],
  is_private: ['visibility'],
  public: ['visibility'],
  access: ['visibility', 'permissions'],
  scopes: ['permissions', 'scope'],
  scope: ['permissions'],
  actions: ['permissions'],
  patterns: ['repositories'],
  expires: ['expires_at'],
  expiry: ['expires_at'],
  expires_in: ['expires_at'],
  since: ['from'],
  until: ['to'],
  end: ['to'],
};
const longestName = 40;

/** The one of the known names that was most likely meant by an unknown one; undefined if none is near. */
export function nearestName(unknown: string, known: readonly string[]): string | undefined {
  if (unknown.length > longestName) return undefined;
  const name = toSnakeCase(unknown);
  const same = known.find((one) => toSnakeCase(one) === name);
  if (same !== undefined) return same;
  const meant = Object.hasOwn(otherNames, name) ? otherNames[name]! : [];
  return meant.find((one) => known.includes(one)) ?? misspelt(name, known) ?? sharesWord(name, known);
}

function toSnakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[-. ]/g, '_')
    .toLowerCase();
}

function misspelt(name: string, known: readonly string[]): string | undefined {
  const [nearest] = known
    .map((one) => ({ one, edits: editDistance(name, one) }))
    .filter(({ one, edits }) => edits <= Math.ceil(Math.min(name.length, one.length) / 3))
    .sort((a, b) => a.edits - b.edits);
  // One letter resembles every other.
  return nearest !== undefined && nearest.one.length > 2 ? nearest.one : undefined;
}

function sharesWord(name: string, known: readonly string[]): string | undefined {
  const words = new Set(name.split('_').filter((word) => word.length > 2));
  return known.find((one) => one.split('_').some((word) => words.has(word)));
}

// Insertions, deletions, substitutions, and exchanges of neighbours. Both texts are short.
function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)]);
  for (let j = 1; j <= b.length; j += 1) rows[0]![j] = j;
  for (let i = 1; i <= a.length; i += 1) {
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const exchanged =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
          ? rows[i - 2]![j - 2]! + 1
          : Infinity;
      rows[i]![j] = Math.min(rows[i - 1]![j]! + 1, rows[i]![j - 1]! + 1, replaced, exchanged);
    }
  }
  return rows[a.length]![b.length]!;
}
