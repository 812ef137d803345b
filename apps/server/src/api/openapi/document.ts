import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { INestApplication } from '@nestjs/common';
import { packageVersion } from '@central-index/platform/config';
import { errorCatalogue } from '@central-index/platform/errors';

/** Creates the OpenAPI document of the REST API from the schemas that validate requests. */
export function openApiDocument(app: INestApplication, publicUrl: string): OpenAPIObject {
  const description = new DocumentBuilder()
    .setTitle('Central Index')
    .setDescription(`${introduction}\n\n${errorTable()}`)
    .setVersion(packageVersion)
    .addServer(publicUrl)
    .addBasicAuth({ type: 'http', scheme: 'basic', description: 'User name with password or access token' })
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'Personal access token' })
    .addCookieAuth('__Host-central-index-session')
    .build();
  const document = SwaggerModule.createDocument(app, description, { autoTagControllers: true });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Errors: errorsSchema() },
  };
  for (const path of Object.values(document.paths)) {
    for (const operation of [path.get, path.post, path.put, path.patch, path.delete]) {
      if (operation === undefined) continue;
      operation.responses.default = errorResponse;
      // Nest lists the credentials of the controller and of the route, so some occur twice.
      const unique = new Map(operation.security?.map((scheme) => [JSON.stringify(scheme), scheme]));
      if (unique.size > 0) operation.security = [...unique.values()];
    }
  }
  return document;
}

const introduction =
  'Accounts, repositories, stars, tags and search of a container image index. Lists are paginated as ' +
  '`{items, next}`: send `next` as `cursor` to get the next page. Unknown fields are refused. Every response that is ' +
  'not 2xx has a body of the schema Errors.';

const errorResponse = {
  description: 'The request was refused or failed',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Errors' } } },
};

function errorTable(): string {
  const rows = errorCatalogue().map(
    ({ code, status, description }) => `| ${code} | ${status} | ${description} |`,
  );
  return ['| code | status | meaning |', '|---|---|---|', ...rows].join('\n');
}

type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

function errorsSchema(): Schema {
  return {
    type: 'object',
    required: ['errors'],
    properties: {
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['code', 'message', 'detail'],
          properties: {
            code: { type: 'string', enum: errorCatalogue().map(({ code }) => code) },
            message: { type: 'string' },
            detail: {
              description: 'For VALIDATION_FAILED, the invalid fields: [{field, message}]',
              nullable: true,
            },
          },
        },
      },
    },
  };
}
