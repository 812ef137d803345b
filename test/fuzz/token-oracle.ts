/** A repository as the oracle knows it: `at` is the service of its registry, `as` its path there. */
export interface KnownRepository {
  readonly state: 'pending' | 'active' | 'hidden' | 'deleted';
  readonly isPrivate: boolean;
  readonly automated: boolean;
  readonly at?: string;
  readonly as?: string;
}
/** Namespaces with their owners, and repositories by path. */
export interface IndexState {
  readonly owners: Readonly<Record<string, string>>;
  readonly repositories: Map<string, KnownRepository>;
}
/** A caller; the name of an anonymous one is empty. `patterns` are the access token's, as regular expressions. */
export interface FuzzCaller {
  readonly name: string;
  readonly isMaintainer: boolean;
  readonly token?: { readonly permissions: readonly string[]; readonly patterns: readonly RegExp[] };
}
/** What is granted, as `type:name:action`, and the registry paths of repositories that are placed; or the error. */
export type Outcome = 'malformed' | 'refused' | { granted: Set<string>; placed: Map<string, string> };

const part = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const names = new RegExp(`^repository:(?:(?:library/)?(${part})|(${part})/${part})$`);
const scopes = /^([A-Za-z0-9]+)(?:\([A-Za-z0-9]+\))?:([!-~]*):([!-9;-~]*)$/;

/** What a token request must grant by the rules that the design states. Shares no code with the product. */
export function oracle(
  index: IndexState,
  caller: FuzzCaller,
  service: string,
  parameters: readonly string[],
): Outcome {
  const requested = new Map<string, Set<string>>();
  for (const text of parameters.join(' ').split(' ').filter(Boolean)) {
    const [, type, name, actions] = scopes.exec(text) ?? [];
    if (actions === undefined) return 'malformed';
    const key = `${type}:${name}`;
    requested.set(key, new Set([...(requested.get(key) ?? []), ...actions.split(',')]));
  }
  if (parameters.join('').length > 8192 || requested.size > 64) return 'malformed';
  const [granted, placed, { token }] = [new Set<string>(), new Map<string, string>(), caller];
  const mayList = caller.isMaintainer && token === undefined;
  for (const [key, actions] of requested) {
    const grant = (...allowed: string[]): void =>
      allowed.forEach((action) => granted.add(`${key}:${action}`));
    if (key === 'registry:catalog' && caller.name !== '' && actions.has('search')) grant('search');
    if (key === 'registry:catalog' && mayList && actions.has('*')) grant('*');
    if (key === 'repository:' && service === 'zot1' && mayList && actions.has('pull')) grant('pull');
    const [match, name] = [names.exec(key), key.slice('repository:'.length)];
    if (key.startsWith('repository:') && service !== 'central-index' && actions.has('push')) {
      if (meantNames(index, caller, name).some((meant) => mayPush(index, caller, meant))) return 'refused';
    }
    if (!match || name.length > 255 || service === 'central-index') continue;
    const path = match[1] === undefined ? name : `library/${match[1]}`;
    const repository = index.repositories.get(path);
    const exists = repository !== undefined && repository.state !== 'deleted';
    const isOwner =
      match[2] === undefined ? caller.isMaintainer && exists : index.owners[match[2]] === caller.name;
    const isPermitted = (action: string): boolean =>
      token === undefined ||
      (token.permissions.includes(action) && token.patterns.some((pattern) => pattern.test(path)));
    // A new name is public from its first push on, and what is public is pulled without any permission.
    const isPublic = !repository?.isPrivate && repository?.state !== 'hidden';
    const permitted = ['pull', 'push', 'delete'].filter(
      (action) =>
        (actions.has(action) || actions.has('*')) && (isPermitted(action) || (action === 'pull' && isPublic)),
    );
    const registryPath = (exists && repository.at !== undefined ? repository.as : placed.get(path)) ?? name;
    const isElsewhere = exists && repository.at !== undefined && repository.at !== service;
    const isRefused =
      (exists && repository.automated) || (isPermitted('push') && (isElsewhere || registryPath !== name));
    if (isOwner && actions.has('push') && isRefused) return 'refused';
    if (isElsewhere) continue;
    if (!exists || repository.at === undefined) {
      if (!isOwner || !permitted.includes('push') || repository?.automated) {
        // Its owner may ask the registry, which has nothing.
        const mayAsk = isPermitted('pull') || (isPermitted('push') && !repository?.automated);
        const isAsked = actions.has('pull') || actions.has('*');
        if (isOwner && repository?.state !== 'deleted' && isAsked && mayAsk) grant('pull');
        continue;
      }
      placed.set(path, registryPath);
    } else if (!isOwner && (repository.isPrivate || repository.state === 'hidden')) continue;
    const mayWrite = isOwner && registryPath === name;
    grant(
      ...permitted.filter(
        (action) => action === 'pull' || (mayWrite && !(action === 'push' && repository?.automated)),
      ),
    );
  }
  return { granted, placed };
}

/** The names that a pushed name with too few or too many components stands for, if the caller gets to know them. */
function meantNames(index: IndexState, { name: account, isMaintainer }: FuzzCaller, name: string): string[] {
  if (account === '') return [];
  const topLevel = names.exec(`repository:${name}`)?.[1];
  if (topLevel === undefined || name.length > 255 || /^[0-9a-f]{64}$/.test(topLevel)) return deepNames(name);
  const official = index.repositories.get(`library/${topLevel}`);
  const exists = official !== undefined && official.state !== 'deleted';
  const isKnown = exists && (isMaintainer || official.state !== 'hidden');
  return isKnown ? [] : [`${account}/${topLevel}`];
}

function deepNames(name: string): string[] {
  const [namespace, ...rest] = name.split('/');
  return rest.length < 2 ? [] : [`${namespace}/${rest[rest.length - 1]}`, `${namespace}/${rest.join('-')}`];
}

function mayPush(index: IndexState, { name, isMaintainer, token }: FuzzCaller, path: string): boolean {
  const [, official, namespace] = names.exec(`repository:${path}`) ?? [];
  if (path.length > 255 || (official === undefined && namespace === undefined)) return false;
  const repository = index.repositories.get(path);
  const exists = repository !== undefined && repository.state !== 'deleted';
  if (official === undefined ? index.owners[namespace!] !== name : !isMaintainer || !exists) return false;
  if (exists && repository.automated) return false;
  return (
    token === undefined ||
    (token.permissions.includes('push') && token.patterns.some((one) => one.test(path)))
  );
}
