import type { OpenAPIObject } from '@nestjs/swagger';
import { errorCatalogue } from '@central-index/platform/errors';
import type { Schema } from './schemas';

// What the fields and parameters of the API look like, by name. One story throughout: alice publishes alice/app.
const values: Readonly<Record<string, unknown>> = {
  action: 'repository.created',
  account: 'alice',
  actor: 'alice',
  address: '203.0.113.7',
  architecture: 'amd64',
  artifact_type: null,
  body: '{"action":"push"}',
  certificate_path: '/etc/central-index/main.ca.pem',
  client: 'docker',
  corrected_to: null,
  current_password: 'correct horse battery staple',
  cursor: 'cmVwb3NpdG9yaWVzOmFwcA',
  description: 'The web application of Alice',
  digest: 'sha256:2d4e459f4ecb5329407ae3e47cbc107a2fbace221354ca75960af4c047b3cb13',
  email: 'alice@example.org',
  error: null,
  event_id: '1d6fd97f-3b8f-4b4f-9a4b-3a0b2f6a1c11',
  finished_at: '2026-01-31T12:00:05.000Z',
  full_name: 'alice/app',
  granted: ['repository:alice/app:pull'],
  hook_secret: 'fJ0v1nX9-example-secret',
  hook_url: 'https://index.example.org/hooks/registry/main',
  host: 'registry.example.org',
  id: '17',
  invite: 'ci_inv_example',
  label: 'laptop',
  labels: { version: '1.4.2' },
  media_type: 'application/vnd.oci.image.manifest.v1+json',
  name: 'app',
  namespace: 'alice',
  next: null,
  os: 'linux',
  owner: 'alice',
  password: 'correct horse battery staple',
  pattern: 'team-*/*',
  permissions: ['pull', 'push'],
  pull_command: 'docker pull registry.example.org/alice/app',
  q: 'app',
  readme: '# app\n\nHow to run it.',
  reason: 'its name is placed on another registry',
  registry: 'main',
  repositories: ['alice/*'],
  repository: 'alice/app',
  requested_by: 'root',
  scope: 'repository:alice/app:pull',
  service: 'main',
  subject: 'alice/app',
  subject_type: 'repository',
  tag: 'v1',
  token: 'ci_pat_example',
  type: 'repository',
  url: 'https://registry.example.org',
  username: 'alice',
  variant: 'v8',
};
const numbers: Readonly<Record<string, number>> = {
  stars: 12,
  pulls: 3400,
  tags: 4,
  total: 1,
  page: 1,
  per_page: 25,
  size: 28_567_040,
  token_ttl: 300,
};
const day = '2026-01-31';

/** Adds an example to every body and every response of the document, and to the parameters that have a value here. */
export function addExamples(document: OpenAPIObject): void {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  for (const item of Object.values(document.paths)) {
    for (const operation of [item.get, item.post, item.put, item.patch, item.delete]) {
      if (operation === undefined) continue;
      addToContent(operation.requestBody, (schema) => exampleOf(schema, schemas));
      for (const [status, response] of Object.entries(operation.responses)) {
        const isError = Number(status) >= 400;
        addToContent(response, (schema) =>
          isError ? errorExample(Number(status)) : exampleOf(schema, schemas),
        );
      }
    }
  }
}

interface Content {
  content?: Record<string, { schema?: Schema; example?: unknown }>;
}

function addToContent(part: unknown, make: (schema: Schema) => unknown): void {
  for (const media of Object.values((part as Content | undefined)?.content ?? {})) {
    if (media.schema !== undefined) media.example ??= make(media.schema);
  }
}

/** A value that the schema accepts. `name` is the field that it is for. */
export function exampleOf(schema: Schema, schemas: Readonly<Record<string, Schema>>, name = ''): unknown {
  if (schema.$ref !== undefined) return exampleOf(schemas[schema.$ref.split('/').at(-1)!]!, schemas, name);
  if (schema.example !== undefined) return schema.example;
  const [choice] = schema.allOf ?? schema.oneOf ?? schema.anyOf ?? [];
  if (choice !== undefined) return exampleOf(choice, schemas, name);
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.type === 'object') return objectExample(schema, schemas, name);
  if (schema.type === 'array') {
    const known = values[name];
    return Array.isArray(known) ? known : [exampleOf(schema.items!, schemas, name)];
  }
  return scalarExample(schema, name);
}

function objectExample(schema: Schema, schemas: Readonly<Record<string, Schema>>, name: string): unknown {
  if (schema.properties === undefined) return values[name] ?? {};
  const fields = Object.entries(schema.properties).filter(([field]) => isShown(field, schema));
  return Object.fromEntries(fields.map(([field, inner]) => [field, exampleOf(inner, schemas, field)]));
}

// A response without the optional parts that few callers get; a request with all that may be sent.
function isShown(field: string, { required = [] }: Schema): boolean {
  return required.includes(field) || !['explanation', 'did_you_mean', 'variant', 'invite'].includes(field);
}

function scalarExample(schema: Schema, name: string): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.type === 'boolean')
    return name === 'healthy' || name === 'email_verified' || name.endsWith('_is_exact');
  if (schema.type === 'integer' || schema.type === 'number') {
    return Math.max(numbers[name] ?? 1, schema.minimum ?? 0);
  }
  if (schema.format === 'date') return day;
  const known = values[name];
  if (known === null ? schema.nullable : typeof known === 'string') return known;
  if (schema.format === 'date-time') return `${day}T12:00:00.000Z`;
  return schema.nullable ? null : 'text';
}

function errorExample(status: number): unknown {
  const messages: Readonly<Record<number, readonly [code: string, message: string]>> = {
    400: ['VALIDATION_FAILED', 'limit: is unknown; did you mean per_page?'],
    401: ['INVALID_CREDENTIALS', 'incorrect username or password'],
    403: ['DENIED', 'access denied: only administrators may do this'],
    404: ['NOT_FOUND', 'repository alice/app not found'],
    409: ['REPOSITORY_EXISTS', 'the repository alice/app exists already'],
    429: ['TOO_MANY_REQUESTS', 'too many requests, please try again later'],
  };
  const other = errorCatalogue().find((entry) => entry.status === status);
  const [code, message] = messages[status] ?? [other?.code ?? 'INTERNAL_ERROR', other?.description ?? ''];
  const detail = status === 400 ? [{ field: 'limit', message: 'is unknown; did you mean per_page?' }] : null;
  return { errors: [{ code, message, detail }] };
}
