import type { JsonValue } from '../support/client';

/** An operation of the API document, with a valid value for each of its inputs. */
export interface FuzzedOperation {
  readonly method: string;
  /** With parameters as `{name}`. */
  readonly path: string;
  readonly pathValues: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Undefined when it takes no body. */
  readonly body: JsonValue;
  /** The places of all strings in the body, as lists of keys. */
  readonly bodyFields: readonly (readonly string[])[];
}

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
}

// Valid values that a schema does not state, by the name of the field.
const known: Readonly<Record<string, string>> = {
  ns: 'alice',
  namespace: 'alice',
  name: 'app',
  tag: 'latest',
  id: '1',
  q: 'app',
  account: 'alice',
  actor: 'alice',
  action: 'account.signed-up',
  service: 'main',
  scope: 'repository:alice/app:pull',
  registry: 'main',
  pattern: 'alice/*',
  url: 'http://127.0.0.1:9',
  hook_url: 'http://127.0.0.1:9',
  host: '127.0.0.1:9',
  username: 'bob',
  password: 'a long password of alice',
  current_password: 'a long password of alice',
  repositories: 'alice/*',
  from: '2026-01-01',
  to: '2026-01-31',
  access_token: '1',
  label: 'ci',
};
// Optional fields that would refuse all other values of the request.
const left = new Set(['cursor', 'invite', 'explain', 'otp', 'page']);

/** All operations of an OpenAPI document. */
export function operationsOf(document: JsonValue): FuzzedOperation[] {
  return Object.entries<JsonValue>(document.paths).flatMap(([path, item]) =>
    Object.entries<JsonValue>(item)
      .filter(([method]) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
      .map(([method, operation]) => toOperation(document, method.toUpperCase(), path, operation)),
  );
}

function toOperation(
  document: JsonValue,
  method: string,
  path: string,
  operation: JsonValue,
): FuzzedOperation {
  const parameters: JsonValue[] = operation.parameters ?? [];
  const valuesIn = (place: string): Record<string, string> =>
    Object.fromEntries(
      parameters
        .filter((parameter) => parameter.in === place)
        .map(({ name, schema }) => [name, String(valueOf(document, name, schema))]),
    );
  const pathValues = { ...valuesIn('path'), ...namesOf(path) };
  const schema: Schema | undefined = operation.requestBody?.content['application/json'].schema;
  const body = schema === undefined ? undefined : valueOf(document, 'body', schema);
  return { method, path, pathValues, query: valuesIn('query'), body, bodyFields: stringsOf(body) };
}

// `name` is a repository, an official name or a registry, by the path.
function namesOf(path: string): Record<string, string> {
  if (path.includes('/registries/{name}')) return { name: 'main' };
  return path.includes('/official/{name}') ? { name: 'centos' } : {};
}

function valueOf(document: JsonValue, name: string, given: Schema | undefined): unknown {
  const schema = resolve(document, given ?? {});
  const { properties, items } = schema;
  if (properties !== undefined) {
    return Object.fromEntries(
      Object.entries(properties)
        .filter(([key]) => !left.has(key))
        .map(([key, field]) => [key, valueOf(document, key, field)]),
    );
  }
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  const type = [schema.type].flat()[0];
  if (type === 'array') return [valueOf(document, name, items)];
  if (type === 'integer' || type === 'number') return Math.max(schema.minimum ?? 1, 60);
  if (type === 'boolean') return false;
  if (schema.format === 'date-time') return '2030-01-01T00:00:00Z';
  if (schema.format === 'email') return 'someone@example.org';
  return known[name] ?? 'text';
}

function resolve(document: JsonValue, schema: Schema): Schema {
  if (schema.$ref !== undefined) {
    return resolve(document, document.components.schemas[schema.$ref.split('/').at(-1)!] as Schema);
  }
  const variant = (schema.anyOf ?? schema.oneOf ?? schema.allOf)?.[0];
  return variant === undefined ? schema : resolve(document, variant);
}

/** The places of all strings in a JSON value. */
export function stringsOf(value: unknown, at: readonly string[] = []): (readonly string[])[] {
  if (typeof value === 'string') return [at];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) => stringsOf(field, [...at, key]));
}

/** A copy of a JSON value with another value at one place. */
export function withValueAt(
  value: unknown,
  [key, ...rest]: readonly string[],
  replacement: unknown,
): unknown {
  if (key === undefined) return replacement;
  const fields = value as Record<string, unknown>;
  const changed = withValueAt(fields[key], rest, replacement);
  return Array.isArray(value)
    ? value.map((item: unknown, index) => (String(index) === key ? changed : item))
    : { ...fields, [key]: changed };
}
