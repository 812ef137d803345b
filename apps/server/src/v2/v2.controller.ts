import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CatalogService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access } from '../access/access.decorator';
import { V2Authenticator, type V2Headers } from './v2-authenticator';
import { CatalogQuery } from './v2.dto';

const pageSize = 100;
const maxPageSize = 1000;

/**
 * The index's own distribution API. It stores no image: `docker login INDEX` authenticates here, and podman requests
 * `/v2/` before it searches.
 */
@ApiExcludeController()
@Controller('v2')
@Access('self-authenticated')
export class V2Controller {
  constructor(
    private readonly authenticator: V2Authenticator,
    private readonly catalog: CatalogService,
  ) {}

  @Get()
  async base(
    @Headers() headers: V2Headers,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    await this.authenticator.authenticate(headers, reply);
    return {};
  }

  /** Pages of the names that the caller may see, sorted by canonical path (`library/x` for official ones). */
  @Get('_catalog')
  async names(
    @Headers() headers: V2Headers,
    @Query({ schema: CatalogQuery }) query: CatalogQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ repositories: string[] }> {
    const { identity } = await this.authenticator.authenticate(headers, reply);
    const limit = Math.min(query.n ?? pageSize, maxPageSize);
    const { names, more } = await this.catalog.list(identity, { after: query.last, limit });
    const last = names.at(-1);
    if (more && last !== undefined) {
      void reply.header('link', `</v2/_catalog?last=${encodeURIComponent(last)}&n=${limit}>; rel="next"`);
    }
    return { repositories: names };
  }
}
