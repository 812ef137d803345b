/** What the oracle knows of a repository: where it lies (`at`, a service) and under which spelling (`as`). */
export interface Known {
  readonly state: 'pending' | 'active' | 'hidden' | 'deleted';
  readonly secret: boolean;
  readonly automated: boolean;
  readonly at?: string;
  readonly as?: string;
}
export interface World {
  readonly owners: Readonly<Record<string, string>>;
  readonly repositories: Map<string, Known>;
}
/** Nobody's name is empty; `permissions` and `patterns` (regular expressions) are those of an access token. */
export interface Person {
  readonly name: string;
  readonly isMaintainer: boolean;
  readonly token?: { readonly permissions: readonly string[]; readonly patterns: readonly RegExp[] };
}
/** What is opened, as `type:name:action`, and which paths are placed under which spelling; or why nothing is. */
export type Verdict = 'malformed' | 'refused' | { opened: Set<string>; placed: Map<string, string> };

const part = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const names = new RegExp(`^repository:(?:(?:library/)?(${part})|(${part})/${part})$`);
const scopes = /^([A-Za-z0-9]+)(?:\([A-Za-z0-9]+\))?:([!-~]*):([!-9;-~]*)$/;

/** What a request for a token may get, from the rules as the design states them. Shares no code with the product. */
export function oracle(world: World, who: Person, service: string, parameters: readonly string[]): Verdict {
  const asked = new Map<string, Set<string>>();
  for (const text of parameters.join(' ').split(' ').filter(Boolean)) {
    const [, type, name, actions] = scopes.exec(text) ?? [];
    if (actions === undefined) return 'malformed';
    const key = `${type}:${name}`;
    asked.set(key, new Set([...(asked.get(key) ?? []), ...actions.split(',')]));
  }
  if (parameters.join('').length > 8192 || asked.size > 64) return 'malformed';
  const [opened, placed, { token }] = [new Set<string>(), new Map<string, string>(), who];
  const lists = who.isMaintainer && token === undefined;
  for (const [key, wanted] of asked) {
    const give = (...actions: string[]): void => actions.forEach((action) => opened.add(`${key}:${action}`));
    if (key === 'registry:catalog' && who.name !== '' && wanted.has('search')) give('search');
    if (key === 'registry:catalog' && lists && wanted.has('*')) give('*');
    if (key === 'repository:' && service === 'zot1' && lists && wanted.has('pull')) give('pull');
    const [match, name] = [names.exec(key), key.slice('repository:'.length)];
    if (!match || name.length > 255 || service === 'central-index') continue;
    const path = match[1] === undefined ? name : `library/${match[1]}`;
    const it = world.repositories.get(path);
    const there = it !== undefined && it.state !== 'deleted';
    const mine = match[2] === undefined ? who.isMaintainer && there : world.owners[match[2]] === who.name;
    const may = (action: string): boolean =>
      token === undefined ||
      (token.permissions.includes(action) && token.patterns.some((one) => one.test(path)));
    const all = ['pull', 'push', 'delete'].filter((one) => (wanted.has(one) || wanted.has('*')) && may(one));
    const spelling = (there && it.at !== undefined ? it.as : placed.get(path)) ?? name;
    const elsewhere = there && it.at !== undefined && it.at !== service;
    const wrong = (there && it.automated) || (may('push') && (elsewhere || spelling !== name));
    if (mine && wanted.has('push') && wrong) return 'refused';
    if (elsewhere) continue;
    if (!there || it.at === undefined) {
      if (!mine || !all.includes('push') || it?.automated) continue;
      placed.set(path, spelling);
    } else if (!mine && (it.secret || it.state === 'hidden')) continue;
    const full = mine && spelling === name;
    give(...all.filter((one) => one === 'pull' || (full && !(one === 'push' && it?.automated))));
  }
  return { opened, placed };
}
