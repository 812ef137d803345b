import { Controller, Get, Inject, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CONFIG, type Config } from '@central-index/platform/config';
import { notFound } from '@central-index/platform/errors';
import { PublicNamesService, type PublicName } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { Access } from '../../access/access.decorator';
import { xmlText } from '../rendering/xml-text';

// A sitemap may list 50,000 pages (https://www.sitemaps.org/protocol.html).
const perSitemap = 50_000;
const batchSize = 2_000;
const namespace = 'http://www.sitemaps.org/schemas/sitemap/0.9';
const head = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** The list of all public repositories for search engines of the web. */
@ApiExcludeController()
@Controller()
@Access('anyone')
export class SitemapController {
  private readonly publicUrl: string;

  constructor(
    private readonly names: PublicNamesService,
    @Inject(CONFIG) { server: { publicUrl } }: Config,
  ) {
    this.publicUrl = publicUrl;
  }

  @Get('sitemap.xml')
  async index(@Res() reply: FastifyReply): Promise<void> {
    const starts = await this.names.pageStarts(perSitemap);
    const maps = starts.map(
      (id) => `<sitemap><loc>${xmlText(`${this.publicUrl}/sitemap/${id}.xml`)}</loc></sitemap>\n`,
    );
    send(reply, `${head}<sitemapindex xmlns="${namespace}">\n${maps.join('')}</sitemapindex>\n`);
  }

  /** The repositories from this id on. Sent in parts as they are read, so that it takes little memory. */
  @Get('sitemap/:file')
  async part(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    const [, id] = /^([1-9]\d{0,17})\.xml$/.exec(file) ?? [];
    // Only those that the index lists, so that there are few for caches to keep.
    if (id === undefined || !(await this.names.pageStarts(perSitemap)).includes(id)) throw notFound('page');
    send(reply, Readable.from(this.parts(id)));
  }

  private async *parts(id: string): AsyncGenerator<string> {
    yield `${head}<urlset xmlns="${namespace}">\n`;
    for await (const rows of this.names.from(id, perSitemap, batchSize)) {
      yield rows.map((row) => this.entry(row)).join('');
    }
    yield '</urlset>\n';
  }

  private entry({ path, updatedAt }: PublicName): string {
    const page = path.startsWith('library/') ? path.replace('library/', '_/') : `r/${path}`;
    const day = updatedAt.toISOString().slice(0, 10);
    return `<url><loc>${xmlText(`${this.publicUrl}/${page}`)}</loc><lastmod>${day}</lastmod></url>\n`;
  }
}

function send(reply: FastifyReply, body: string | Readable): void {
  void reply
    .headers({ 'content-type': 'application/xml; charset=utf-8', 'cache-control': 'public, max-age=3600' })
    .send(body);
}
