import type { HttpResponse, JsonValue } from './client';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/** A route of the API document. */
export interface ApiOperation {
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly definition: JsonValue;
}

/** The OpenAPI document (3.0) of the index, with which tests compare what the index really does. */
export class ApiContract {
  constructor(private readonly document: JsonValue) {}

  /** All routes. */
  get operations(): ApiOperation[] {
    return Object.entries<JsonValue>(this.document.paths).flatMap(([path, item]) =>
      methods
        .filter((method) => item[method] !== undefined)
        .map((method) => ({ method, path, definition: item[method] })),
    );
  }

  /** The route of a request; undefined if the document has none. Paths without parameters come first. */
  find(method: string, path: string): ApiOperation | undefined {
    const plain = path.split('?', 1)[0]!;
    return this.operations
      .filter((one) => one.method === method.toLowerCase())
      .filter((one) => new RegExp(`^${one.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(plain))
      .sort((a, b) => a.path.split('{').length - b.path.split('{').length)[0];
  }

  /** What a response does that the document does not say; empty if nothing. */
  violations({ definition, method, path }: ApiOperation, response: HttpResponse): string[] {
    const { status, text, json, headers } = response;
    const name = `${method} ${path} ${status}`;
    const documented = definition.responses[String(status)];
    if (documented === undefined) return [`${name} is not documented: ${text.slice(0, 200)}`];
    const schema = documented.content?.['application/json']?.schema;
    if (schema === undefined) return text === '' ? [] : [`${name} has a body: ${text.slice(0, 200)}`];
    const type = headers['content-type'] ?? '';
    if (!type.startsWith('application/json')) return [`${name} has the content type ${type}`];
    return this.mismatches(schema, json, name);
  }

  /** Where a value differs from a schema of the document. */
  mismatches(given: JsonValue, value: JsonValue, at = ''): string[] {
    const schema = this.resolve(given);
    // A schema that says nothing of the type permits every value.
    const isAny = ['type', 'enum', 'allOf', 'oneOf', 'anyOf'].every((key) => schema[key] === undefined);
    if (value === null) return schema.nullable === true || isAny ? [] : [`${at} is null`];
    const every = (schema.allOf ?? []).flatMap((one: JsonValue) => this.mismatches(one, value, at));
    const some = schema.oneOf ?? schema.anyOf;
    if (some !== undefined && !some.some((one: JsonValue) => this.mismatches(one, value, at).length === 0)) {
      return [`${at} is none of the alternatives: ${JSON.stringify(value)}`];
    }
    if (schema.enum !== undefined && !schema.enum.includes(value)) return [`${at} is ${value}`];
    return [...every, ...this.typeMismatches(schema, value, at)];
  }

  private resolve(schema: JsonValue): JsonValue {
    return schema.$ref === undefined
      ? schema
      : this.document.components.schemas[schema.$ref.split('/').at(-1)];
  }

  private typeMismatches(schema: JsonValue, value: JsonValue, at: string): string[] {
    const wrong = `${at} is ${JSON.stringify(value)?.slice(0, 100)}, not ${schema.type} ${schema.format ?? ''}`;
    switch (schema.type) {
      case 'object':
        if (typeof value !== 'object' || Array.isArray(value)) return [wrong];
        return this.objectMismatches(schema, value, at);
      case 'array':
        if (!Array.isArray(value)) return [wrong];
        return value.flatMap((item, index) => this.mismatches(schema.items, item, `${at}[${index}]`));
      case 'string': {
        if (typeof value !== 'string') return [wrong];
        const { length } = [...value];
        const isWithin = length >= (schema.minLength ?? 0) && length <= (schema.maxLength ?? Infinity);
        const hasFormat = schema.format !== 'date-time' || dateTime.test(value);
        const isMatch = schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(value);
        return isWithin && hasFormat && isMatch ? [] : [wrong];
      }
      case 'integer':
      case 'number': {
        const isNumber = typeof value === 'number' && (schema.type === 'number' || Number.isInteger(value));
        return isNumber && value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity)
          ? []
          : [wrong];
      }
      case 'boolean':
        return typeof value === 'boolean' ? [] : [wrong];
      default:
        return [];
    }
  }

  private objectMismatches(schema: JsonValue, value: JsonValue, at: string): string[] {
    const properties = schema.properties ?? {};
    const absent = (schema.required ?? []).filter((name: string) => !(name in value));
    return [
      ...absent.map((name: string) => `${at}.${name} is absent`),
      ...Object.entries(value).flatMap(([name, inner]) => {
        const one = properties[name] ?? schema.additionalProperties;
        if (one === false) return [`${at}.${name} is not documented`];
        return typeof one === 'object' ? this.mismatches(one, inner, `${at}.${name}`) : [];
      }),
    ];
  }
}
