import { invalidScope } from './tokens.errors';

/** One resource that a client requests. Actions are as requested, each once; `*` is not expanded. */
export interface RequestedAccess {
  /** `repository`, `registry` or any other type; a class such as `(plugin)` is dropped. */
  readonly type: string;
  /** Exactly as requested: registries compare it literally. */
  readonly name: string;
  readonly actions: readonly string[];
}

// Far more than clients request (a push names itself and its mount sources), far less than what could exhaust memory.
const maxCharacters = 8192;
const maxResources = 64;

// The deprecated class (`repository(plugin)`) is parsed and dropped: registries reject it in a token.
const resourceType = /^([A-Za-z0-9]+)(?:\([A-Za-z0-9]+\))?$/;
const printable = /^[\x21-\x7e]*$/;

/**
 * Parses the values of the `scope` parameters of a token request (each may contain several, separated by spaces) by the
 * grammar of the distribution token specification. A resource that is requested twice becomes one with the actions of
 * both. Empty scopes are ignored, because zot's challenge makes clients send them. Unknown types, names and actions are
 * returned, too, and are never granted. Throws INVALID_SCOPE.
 */
export function parseScopes(values: readonly string[]): RequestedAccess[] {
  const length = values.reduce((sum, value) => sum + value.length, 0);
  if (length > maxCharacters) throw invalidScope(`more than ${maxCharacters} characters`);
  const resources = new Map<string, { type: string; name: string; actions: Set<string> }>();
  for (const text of values.flatMap((value) => value.split(' ')).filter((part) => part !== '')) {
    const { type, name, actions } = parseScope(text);
    const key = `${type}:${name}`;
    const resource = resources.get(key);
    if (resource === undefined) resources.set(key, { type, name, actions: new Set(actions) });
    else actions.forEach((action) => resource.actions.add(action));
  }
  if (resources.size > maxResources) throw invalidScope(`more than ${maxResources} resources`);
  return [...resources.values()].map(({ type, name, actions }) => ({ type, name, actions: [...actions] }));
}

function parseScope(text: string): RequestedAccess {
  if (!printable.test(text)) throw invalidScope('only printable ASCII characters are allowed');
  // A name may contain a colon (host:port): the name is all between the first colon and the last.
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
