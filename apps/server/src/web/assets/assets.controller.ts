import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CONFIG, type Config } from '@central-index/platform/config';
import { notFound } from '@central-index/platform/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Access } from '../../access/access.decorator';
import { sendFile, StaticFile } from '../../http/static/static-file';
import { Assets } from './assets';

/** The files that pages and browsers request besides pages. */
@ApiExcludeController()
@Controller()
@Access('probe')
export class AssetsController {
  private readonly robots: StaticFile;
  private readonly openSearch: StaticFile;

  constructor(
    private readonly assets: Assets,
    @Inject(CONFIG) { server: { publicUrl } }: Config,
  ) {
    this.robots = new StaticFile(Buffer.from(robotsText(publicUrl)), 'text/plain; charset=utf-8');
    this.openSearch = new StaticFile(
      Buffer.from(openSearchText(publicUrl)),
      'application/opensearchdescription+xml; charset=utf-8',
    );
  }

  @Get('assets/:file')
  asset(@Param('file') name: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    const file = this.assets.find(name);
    if (file === undefined) throw notFound('page');
    sendFile(request, reply, file, { immutable: true });
  }

  @Get('robots.txt')
  robotsFile(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendFile(request, reply, this.robots, { immutable: false });
  }

  /** How browsers add this index to their search bars (OpenSearch 1.1). */
  @Get('opensearch.xml')
  openSearchFile(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendFile(request, reply, this.openSearch, { immutable: false });
  }
}

// Search results and forms are no pages to find by a search engine.
const robotsText = (publicUrl: string): string => `User-agent: *
Disallow: /api/
Disallow: /search
Disallow: /login
Disallow: /signup
Disallow: /new
Disallow: /settings
Disallow: /admin
Disallow: /password-resets

Sitemap: ${publicUrl}/sitemap.xml
`;

function openSearchText(publicUrl: string): string {
  const url = publicUrl.replace(/[<>&"]/g, (char) => `&#${char.charCodeAt(0)};`);
  return `<?xml version="1.0" encoding="UTF-8"?>
<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">
<ShortName>Central Index</ShortName>
<Description>Container images</Description>
<InputEncoding>UTF-8</InputEncoding>
<Url type="text/html" template="${url}/search?q={searchTerms}"/>
</OpenSearchDescription>
`;
}
