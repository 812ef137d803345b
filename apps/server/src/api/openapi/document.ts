import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { INestApplication } from '@nestjs/common';
import { packageVersion } from '@central-index/platform/config';
import { errorCatalogue } from '@central-index/platform/errors';
import { addExamples } from './examples';
import { describeOperation, type Operation } from './operations';
import { tidySchema, type Schema } from './schemas';

/**
 * Creates the OpenAPI document of the REST API from the schemas that validate requests and from the access rules of the
 * routes. `sessionCookie` is the name of the cookie that carries a session.
 */
export function openApiDocument(
  app: INestApplication,
  publicUrl: string,
  sessionCookie: string,
): OpenAPIObject {
  const description = new DocumentBuilder()
    .setTitle('Central Index')
    .setDescription(`${introduction}\n\n${errorTable()}`)
    .setVersion(packageVersion)
    .addServer(publicUrl)
    .addBasicAuth({ type: 'http', scheme: 'basic', description: 'User name with password or access token' })
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'Personal access token' })
    .addCookieAuth(sessionCookie)
    .build();
  const document = SwaggerModule.createDocument(app, description, { autoTagControllers: true });
  const schemas = { ...document.components?.schemas, Errors: errorsSchema() };
  document.components = { ...document.components, schemas };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      const operation: Operation | undefined = item[method];
      if (operation !== undefined) describeOperation(operation, { method, path });
    }
  }
  tidySchema(document);
  addExamples(document);
  return document;
}

const introduction =
  'Accounts, repositories, stars, tags and search of a container image index. Lists are paginated as ' +
  '`{items, next}`: send `next` as `cursor` to get the next page, or follow the `Link` header. `per_page` is the number ' +
  'of items on a page. Unknown fields and parameters are refused. Every response that is not 2xx has a body of the ' +
  'schema Errors.';

function errorTable(): string {
  const rows = errorCatalogue().map(
    ({ code, status, description }) => `| ${code} | ${status} | ${description} |`,
  );
  return ['| code | status | meaning |', '|---|---|---|', ...rows].join('\n');
}

function errorsSchema(): Schema {
  return {
    type: 'object',
    required: ['errors'],
    additionalProperties: false,
    properties: {
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['code', 'message', 'detail'],
          additionalProperties: false,
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
