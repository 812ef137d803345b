import { Controller, Get, Headers, Inject, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CONFIG, type Config } from '@central-index/platform/config';
import { DomainError, notFound } from '@central-index/platform/errors';
import { CatalogService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access } from '../access/access.decorator';
import { signInRequired } from '../access/access.errors';
import { IndexTokenAuthenticator, type IndexTokenIdentity } from '../token/index-token-authenticator';
import { challenge, setApiVersionHeader } from './challenge';
import { isOldDocker } from './old-docker';
import { CatalogQuery } from './v2.dto';

const pageSize = 100;
const maxPageSize = 1000;

/**
 * The index's own corner of the distribution API, for `docker login INDEX`, and for podman's search, which wants an
 * answer here before it asks anything. It holds no image.
 */
@ApiExcludeController()
@Controller('v2')
@Access('own-challenge')
export class V2Controller {
  constructor(
    private readonly bearer: IndexTokenAuthenticator,
    private readonly catalog: CatalogService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  async base(
    @Headers('authorization') authorization: string | undefined,
    @Headers('user-agent') userAgent: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    await this.admit(authorization, userAgent, reply);
    return {};
  }

  /** Names that the caller may see, by canonical name (`library/x` for official ones), a page at a time. */
  @Get('_catalog')
  async names(
    @Headers('authorization') authorization: string | undefined,
    @Headers('user-agent') userAgent: string | undefined,
    @Query({ schema: CatalogQuery }) query: CatalogQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ repositories: string[] }> {
    const { identity } = await this.admit(authorization, userAgent, reply);
    const limit = Math.min(query.n ?? pageSize, maxPageSize);
    const { names, more } = await this.catalog.list(identity, { after: query.last, limit });
    const last = names.at(-1);
    if (more && last !== undefined) {
      void reply.header('link', `</v2/_catalog?last=${encodeURIComponent(last)}&n=${limit}>; rel="next"`);
    }
    return { repositories: names };
  }

  private async admit(
    authorization: string | undefined,
    userAgent: string | undefined,
    reply: FastifyReply,
  ): Promise<IndexTokenIdentity> {
    if (isOldDocker(userAgent)) throw notFound('page');
    setApiVersionHeader(reply);
    let holder: IndexTokenIdentity | undefined;
    try {
      holder = await this.bearer.authenticate(authorization);
    } catch (error) {
      if (error instanceof DomainError && error.status === 401) {
        challenge(reply, this.config.server.publicUrl, 'invalid_token');
      }
      throw error;
    }
    if (holder === undefined) {
      challenge(reply, this.config.server.publicUrl);
      throw signInRequired();
    }
    return holder;
  }
}
