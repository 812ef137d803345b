import { Controller, Get, Header, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { notFound } from '@central-index/platform/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../access/access.decorator';
import { sendFile, StaticFile } from '../http/static/static-file';
import { ApiDocument } from './api-document';
import { DocsAssets } from './docs-assets';

// Swagger UI has icons in data: URLs. It needs no inline script or style.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; object-src 'none'; frame-ancestors 'none'";

/** The documentation of the REST API: for programs (`/api/openapi.json`) and for people (`/api/docs`). */
@ApiExcludeController()
@Controller('api')
@Access('anyone')
export class ApiDocsController {
  private openapiFile: StaticFile | undefined;
  private assets: Promise<DocsAssets> | undefined;

  constructor(private readonly document: ApiDocument) {}

  @Get('openapi.json')
  openapi(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    this.openapiFile ??= new StaticFile(
      Buffer.from(JSON.stringify(this.document.read())),
      'application/json; charset=utf-8',
    );
    sendFile(request, reply, this.openapiFile, { immutable: false });
  }

  @Get('docs')
  @Header('content-security-policy', policy)
  async docs(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { page } = await this.readAssets();
    sendFile(request, reply, page, { immutable: false });
  }

  @Get('docs/assets/:file')
  async asset(
    @Param('file') name: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const asset = (await this.readAssets()).find(name);
    if (asset === undefined) throw notFound('page');
    sendFile(request, reply, asset.file, asset);
  }

  // Read at the first request, and again after a failure.
  private readAssets(): Promise<DocsAssets> {
    this.assets ??= DocsAssets.read().catch((error: unknown) => {
      this.assets = undefined;
      throw error;
    });
    return this.assets;
  }
}
