import { invalidScope } from './tokens.errors';

/** One resource that a client asks for. Actions are as asked, without repeats; `*` is not yet expanded. */
export interface RequestedAccess {
  /** `repository`, `registry` or what else was asked; a class such as `(plugin)` is dropped. */
  readonly type: string;
  /** Exactly as asked: registries compare it literally. */
  readonly name: string;
  readonly actions: readonly string[];
}

// Far beyond what clients ask (a push names itself and its mount sources), far below what could hurt.
const maxCharacters = 8192;
const maxResources = 64;

// The deprecated class (`repository(plugin)`) is read and dropped: a registry refuses it in a token.
const resourceType = /^([A-Za-z0-9]+)(?:\([A-Za-z0-9]+\))?$/;
const printable = /^[\x21-\x7e]*$/;

/**
 * Reads the values of the `scope` parameters of a token request (each may hold several, separated by spaces) by the
 * grammar of the distribution token specification. The same resource asked twice becomes one with the actions of
 * both. Empty scopes are ignored, as zot's challenge makes clients send them. Unknown types, names and actions are
 * kept, and are granted to nobody. Throws INVALID_SCOPE.
 */
export function parseScopes(values: readonly string[]): RequestedAccess[] {
  const length = values.reduce((sum, value) => sum + value.length, 0);
  if (length > maxCharacters) throw invalidScope(`more than ${maxCharacters} characters`);
  const resources = new Map<string, { type: string; name: string; actions: Set<string> }>();
  for (const text of values.flatMap((value) => value.split(' ')).filter((part) => part !== '')) {
    const asked = parseScope(text);
    const key = `${asked.type}:${asked.name}`;
    const known = resources.get(key);
    if (known === undefined) {
      resources.set(key, { type: asked.type, name: asked.name, actions: new Set(asked.actions) });
    } else {
      asked.actions.forEach((action) => known.actions.add(action));
    }
  }
  if (resources.size > maxResources) throw invalidScope(`more than ${maxResources} resources`);
  return [...resources.values()].map(({ type, name, actions }) => ({ type, name, actions: [...actions] }));
}

function parseScope(text: string): RequestedAccess {
  if (!printable.test(text)) throw invalidScope('only printable ASCII characters are allowed');
  // A name may hold a colon (host:port), so what lies between the first and the last one is the name.
  const first = text.indexOf(':');
  const last = text.lastIndexOf(':');
  if (first === last) throw invalidScope('must be type:name:actions');
  const type = resourceType.exec(text.slice(0, first))?.[1];
  if (type === undefined) throw invalidScope('the type must be letters and digits');
  const actions = text
    .slice(last + 1)
    .split(',')
    .filter((action) => action !== '');
  return { type, name: text.slice(first + 1, last), actions: [...new Set(actions)] };
}
