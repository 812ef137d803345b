import type { Account, Identity, Permission } from '@central-index/accounts';
import { parseRepositoryName } from '@central-index/naming';
import type { RepositoryFactsRow } from '@central-index/repositories';
import fc from 'fast-check';

// Two registries, `1` and `2`; all requests are for `1`. Accounts own the namespace of their name, olga is an
// administrator, and the namespace `free` has no owner.
/** A repository of a random world. */
export interface Repo {
  readonly state: 'pending' | 'active' | 'hidden' | 'deleted';
  readonly visibility: 'public' | 'private';
  readonly automated: boolean;
  readonly at: '1' | '2' | null;
  readonly as: string | null;
  /** Set while it has no image. */
  readonly held?: number;
}
/** Repositories by path; undefined ones do not exist. */
export type World = Readonly<Record<string, Repo | undefined>>;
/** A caller; the name of an anonymous one is empty. */
export interface Caller {
  readonly name: string;
  readonly disabled: boolean;
  readonly token?: { readonly permissions: readonly Permission[]; readonly repositories: readonly string[] };
}

const owners: Readonly<Record<string, string | null>> = { alice: '1', bob: '2', free: null, library: null };

/** The caller as the product sees it. */
export function identityOf({ name, disabled, token }: Caller): Identity {
  if (name === '') return { kind: 'anonymous' };
  const account: Account = {
    id: name === 'alice' ? '1' : name === 'bob' ? '2' : '3',
    name,
    email: null,
    emailVerified: false,
    administrator: name === 'olga',
    disabled,
    createdAt: new Date(0),
  };
  return token === undefined
    ? { kind: 'account', account, via: 'password' }
    : { kind: 'account', account, via: 'token', restrictions: { tokenId: '1', ...token } };
}

/** The facts about a path as the product reads them. */
export function factsOf(world: World, path: string): RepositoryFactsRow {
  const name = parseRepositoryName(path)!;
  const repo = world[path];
  return {
    name,
    namespace: name.namespace in owners ? { ownerId: owners[name.namespace]! } : undefined,
    repository: repo,
    id: repo && '9',
    registryId: repo?.at ?? null,
    registryPath: repo?.as ?? null,
    heldSeconds: repo === undefined || repo.at === null || repo.state === 'deleted' ? undefined : repo.held,
  };
}

// A component of a name by the distribution specification.
const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';

/** How a scope requests a push: by name, by `*`, or not. */
export type PushRequest = 'by-name' | 'by-star' | 'none';

/** The same decision by the rules of the design, without any code of the product. */
export function oracle(
  world: World,
  caller: Caller,
  name: string,
  action: string,
  pushRequest: PushRequest,
): boolean {
  const parts = new RegExp(`^(?:(?:library/)?(${part})|(${part})/(${part}))$`).exec(name);
  if (!parts || (caller.disabled && caller.name !== '')) return false;
  const official = parts[1] !== undefined;
  const path = official ? `library/${parts[1]}` : name;
  const repo = world[path];
  const mine = official ? caller.name === 'olga' : caller.name !== '' && caller.name === parts[2];
  const permits = (permission: string): boolean =>
    !caller.token ||
    (caller.token.permissions.some((held) => held === permission) &&
      caller.token.repositories.some((pattern) =>
        new RegExp(`^${pattern.replaceAll('*', '[^/]*')}$`).test(path),
      ));
  const isPublic = repo?.visibility === 'public' && (repo.state === 'active' || repo.state === 'pending');
  // Without an image and without a valid token, a push that is requested by name places it again.
  const released = repo?.held !== undefined && repo.held <= 0 && (repo.at !== '1' || repo.as !== name);
  const placedAgain = released && pushRequest === 'by-name' && mine && permits('push') && !repo.automated;
  const unplaced = !repo || repo.at === null || repo.state === 'deleted' || placedAgain;
  if (unplaced && action === 'pull') {
    // The registry reports to its owner that there is nothing, unless the same request places it.
    if (!mine || repo?.state === 'deleted' || (official && !repo)) return false;
    const pushes = permits('push') && !repo?.automated;
    return pushes ? pushRequest === 'none' : permits('pull');
  }
  // What anonymous callers pull, a token's restrictions do not take away.
  if (caller.name !== '' && !(action === 'pull' && isPublic)) {
    if (!permits(action === 'PLACE' ? 'push' : action)) return false;
  }
  if (action === 'PLACE') {
    if (!mine || !unplaced || (official && (!repo || repo.state === 'deleted'))) return false;
    return !(repo?.automated && repo.state !== 'deleted');
  }
  if (unplaced || repo.at !== '1') return false;
  if (action === 'pull') {
    return mine || isPublic;
  }
  return mine && repo.as === name && (action === 'delete' || (action === 'push' && !repo.automated));
}

const paths = ['alice/app', 'alice/lib', 'bob/app', 'free/old', 'library/centos', 'library/redis'];
const names = [...paths, 'centos', 'redis', 'alice/new', 'bob/new', 'nobody/x', 'alice', 'debian'];

const repoOf = (path: string): fc.Arbitrary<Repo | undefined> => {
  const official = path.startsWith('library/');
  return fc.option(
    fc.record({
      state: fc.constantFrom('pending', 'active', 'active', 'active', 'hidden', 'deleted'),
      visibility: official ? fc.constant('public' as const) : fc.constantFrom('public', 'private'),
      automated: fc.constantFrom(false, false, true),
      at: fc.constantFrom('1', '1', '2', null),
      as: official ? fc.constantFrom(path, path.slice('library/'.length)) : fc.constant(path),
      held: fc.constantFrom(undefined, undefined, 30, 0, -5),
    }),
    { nil: undefined, freq: 5 },
  );
};
/** Random repositories. */
export const worlds: fc.Arbitrary<World> = fc.record(
  Object.fromEntries(paths.map((path) => [path, repoOf(path)])),
);
/** Random callers. */
export const callers: fc.Arbitrary<Caller> = fc.record({
  name: fc.constantFrom('', 'alice', 'alice', 'bob', 'olga'),
  disabled: fc.constantFrom(false, false, false, false, true),
  token: fc.option(
    fc.record({
      permissions: fc.subarray<Permission>(['pull', 'push', 'delete', 'metadata']),
      repositories: fc.subarray(['alice/*', 'alice/app', '*/*', 'library/*', '*', '*/app', 'alice/a*p']),
    }),
    { nil: undefined, freq: 2 },
  ),
});
const actions = fc.array(fc.constantFrom('pull', 'push', 'delete', '*', 'PUSH', 'fly', ''), { maxLength: 4 });
/** Random scopes. */
export const scope = fc
  .tuple(
    fc.constantFrom('repository', 'repository', 'repository(plugin)', 'registry'),
    fc.constantFrom(...names),
    actions,
  )
  .map(([type, name, list]) => `${type}:${name}:${list.join(',')}`);
const noise = fc.constantFrom(
  ...[
    '',
    ' ',
    ':',
    ',',
    '/',
    '*',
    '%2f',
    '..',
    'A',
    'library/',
    ':5000',
    '\t',
    '\0',
    'é',
    'pull',
    '//',
    '__proto__',
  ],
);
/** Random scopes with a character too many or too few. */
export const mutated = fc.tuple(scope, fc.nat(), noise).map(([text, at, added]) => {
  const cut = at % (text.length + 1);
  return text.slice(0, cut) + added + text.slice(cut + (at % 3));
});
