/** Who may see a page, in the words of the access rules of routes. */
export type PageAccess = 'anyone' | 'sign-in' | 'administrator';

/** Who looks at a page: `alice` owns the repositories of the world that the addresses are about, `olga` administers it. */
export type Viewer = 'anonymous' | 'alice' | 'olga';

/** One page at one address of `PageWorld`, which replaces `{reset}` by the token of a password link. */
export interface ListedPage {
  /** The path of the controller's route. */
  readonly route: string;
  readonly address: string;
  readonly access: PageAccess;
  /** True if search engines may list it. */
  readonly isIndexed?: true;
}

/**
 * All pages. Every check of pages reads this list, so a new page is one line here, or several for pages that look
 * different at several addresses. A spec fails for routes that are missing.
 */
export const pages: readonly ListedPage[] = [
  { route: '/', address: '/', access: 'anyone', isIndexed: true },
  { route: '/search', address: '/search', access: 'anyone' },
  { route: '/search', address: '/search?q=app', access: 'anyone' },
  { route: '/search', address: '/search?q=app&sort=stars&page=2', access: 'anyone' },
  { route: '/search', address: '/search?q=zzzzzz&official=true&kind=plugin&stars=3', access: 'anyone' },
  { route: '/help', address: '/help', access: 'anyone', isIndexed: true },
  { route: '/login', address: '/login?next=%2Fnew', access: 'anyone' },
  { route: '/signup', address: '/signup', access: 'anyone' },
  { route: '/password-resets/:token', address: '/password-resets/{reset}', access: 'anyone' },
  { route: '/u/:username', address: '/u/alice', access: 'anyone', isIndexed: true },
  { route: '/u/:username/stars', address: '/u/alice/stars', access: 'sign-in' },
  { route: '/_/:name', address: '/_/centos', access: 'anyone', isIndexed: true },
  { route: '/_/:name/tags', address: '/_/centos/tags', access: 'anyone', isIndexed: true },
  { route: '/_/:name/tags/:tag', address: '/_/centos/tags/7', access: 'anyone', isIndexed: true },
  { route: '/_/:name/pulls', address: '/_/centos/pulls', access: 'anyone', isIndexed: true },
  { route: '/_/:name/stars', address: '/_/centos/stars', access: 'anyone', isIndexed: true },
  { route: '/_/:name/settings', address: '/_/centos/settings', access: 'administrator' },
  { route: '/r/:namespace/:name', address: '/r/alice/app', access: 'anyone', isIndexed: true },
  { route: '/r/:namespace/:name', address: '/r/alice/hostile', access: 'anyone', isIndexed: true },
  { route: '/r/:namespace/:name', address: '/r/alice/empty', access: 'anyone', isIndexed: true },
  { route: '/r/:namespace/:name/tags', address: '/r/alice/app/tags', access: 'anyone', isIndexed: true },
  { route: '/r/:namespace/:name/tags', address: '/r/alice/empty/tags', access: 'anyone', isIndexed: true },
  {
    route: '/r/:namespace/:name/tags/:tag',
    address: '/r/alice/app/tags/v1',
    access: 'anyone',
    isIndexed: true,
  },
  {
    route: '/r/:namespace/:name/tags/:tag',
    address: '/r/alice/app/tags/multi',
    access: 'anyone',
    isIndexed: true,
  },
  { route: '/r/:namespace/:name/pulls', address: '/r/alice/app/pulls', access: 'anyone', isIndexed: true },
  {
    route: '/r/:namespace/:name/pulls',
    address: '/r/alice/app/pulls?days=365&tag=v1',
    access: 'anyone',
    isIndexed: true,
  },
  { route: '/r/:namespace/:name/stars', address: '/r/alice/app/stars', access: 'anyone', isIndexed: true },
  { route: '/r/:namespace/:name/settings', address: '/r/alice/app/settings', access: 'sign-in' },
  { route: '/new', address: '/new', access: 'sign-in' },
  { route: '/settings/profile', address: '/settings/profile', access: 'sign-in' },
  { route: '/settings/password', address: '/settings/password', access: 'sign-in' },
  { route: '/settings/tokens', address: '/settings/tokens', access: 'sign-in' },
  { route: '/settings/sessions', address: '/settings/sessions', access: 'sign-in' },
  { route: '/settings/logins', address: '/settings/logins', access: 'sign-in' },
  { route: '/admin/overview', address: '/admin/overview', access: 'administrator' },
  { route: '/admin/accounts', address: '/admin/accounts', access: 'administrator' },
  { route: '/admin/accounts', address: '/admin/accounts?q=zzzzzz', access: 'administrator' },
  { route: '/admin/accounts/:name', address: '/admin/accounts/alice', access: 'administrator' },
  {
    route: '/admin/accounts/:name/token-explanation',
    address: '/admin/accounts/alice/token-explanation',
    access: 'administrator',
  },
  {
    route: '/admin/accounts/:name/token-explanation',
    address:
      '/admin/accounts/alice/token-explanation?service=main&scope=repository%3Aalice%2Fapp%3Apush%2Cpull',
    access: 'administrator',
  },
  { route: '/admin/official', address: '/admin/official', access: 'administrator' },
  { route: '/admin/official/:name', address: '/admin/official/centos', access: 'administrator' },
  { route: '/admin/registries', address: '/admin/registries', access: 'administrator' },
  { route: '/admin/registries/:name', address: '/admin/registries/main', access: 'administrator' },
  {
    route: '/admin/registries/:name/doctor',
    address: '/admin/registries/main/doctor',
    access: 'administrator',
  },
  { route: '/admin/operations', address: '/admin/operations', access: 'administrator' },
  { route: '/admin/operations/:id', address: '/admin/operations/1', access: 'administrator' },
  { route: '/admin/audit', address: '/admin/audit', access: 'administrator' },
  { route: '/admin/audit', address: '/admin/audit?actor=alice&action=zzzzzz', access: 'administrator' },
  { route: '/admin/search', address: '/admin/search', access: 'administrator' },
];

/** Routes of the controllers of pages that are no pages: files, and addresses that lead elsewhere. */
export const otherRoutes: readonly string[] = [
  '/_/:name/feed.atom',
  '/_/:name/pulls.csv',
  '/admin',
  '/assets/:file',
  '/opensearch.xml',
  '/r/:namespace/:name/feed.atom',
  '/r/:namespace/:name/pulls.csv',
  '/robots.txt',
  '/settings',
  '/sitemap.xml',
  '/sitemap/:file',
];

/** Addresses of error pages, with their statuses. */
export const errorAddresses: readonly { readonly address: string; readonly status: number }[] = [
  { address: '/nothing/here', status: 404 },
  { address: '/r/alice/secret', status: 404 },
];

const viewers = {
  anyone: ['anonymous', 'alice', 'olga'],
  'sign-in': ['alice'],
  administrator: ['olga'],
} as const satisfies Record<PageAccess, readonly Viewer[]>;

/** Who sees a page in the checks, the one with the fewest rights first. */
export const viewersOf = ({ access }: Pick<ListedPage, 'access'>): readonly Viewer[] => viewers[access];
