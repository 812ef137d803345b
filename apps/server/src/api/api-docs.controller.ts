import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController, type OpenAPIObject } from '@nestjs/swagger';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Access } from '../access/access.decorator';
import { ApiDocument } from './api-document';

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Central Index API</title>
<link rel="stylesheet" href="/api/docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/api/docs/assets/swagger-ui-bundle.js"></script>
<script src="/api/docs/assets/start.js"></script>
</body>
</html>
`;
const start = `SwaggerUIBundle({ url: '/api/openapi.json', dom_id: '#swagger-ui' });\n`;
// Swagger UI has icons in data: URLs. It needs no inline script or style.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; object-src 'none'; frame-ancestors 'none'";
const assets = dirname(require.resolve('swagger-ui-dist/package.json'));

/** The documentation of the REST API: for programs (`/api/openapi.json`) and for people (`/api/docs`). */
@ApiExcludeController()
@Controller('api')
@Access('anyone')
export class ApiDocsController {
  constructor(private readonly document: ApiDocument) {}

  @Get('openapi.json')
  openapi(): OpenAPIObject {
    return this.document.read();
  }

  @Get('docs')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', policy)
  docs(): string {
    return page;
  }

  @Get('docs/assets/start.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  start(): string {
    return start;
  }

  @Get('docs/assets/swagger-ui.css')
  @Header('content-type', 'text/css; charset=utf-8')
  style(): Promise<Buffer> {
    return readFile(join(assets, 'swagger-ui.css'));
  }

  @Get('docs/assets/swagger-ui-bundle.js')
  @Header('content-type', 'text/javascript; charset=utf-8')
  script(): Promise<Buffer> {
    return readFile(join(assets, 'swagger-ui-bundle.js'));
  }
}
