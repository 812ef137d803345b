import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { INestApplication } from '@nestjs/common';
import { packageVersion } from '@central-index/platform/config';

/** The OpenAPI document of the REST API, made from the schemas that validate requests. */
export function openApiDocument(app: INestApplication, publicUrl: string): OpenAPIObject {
  const description = new DocumentBuilder()
    .setTitle('Central Index')
    .setDescription('Accounts, repositories, stars, tags and search of a container image index.')
    .setVersion(packageVersion)
    .addServer(publicUrl)
    .addBasicAuth({ type: 'http', scheme: 'basic', description: 'User name, and password or access token' })
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'Personal access token' })
    .addCookieAuth('__Host-central-index-session')
    .build();
  return SwaggerModule.createDocument(app, description, { autoTagControllers: true });
}
