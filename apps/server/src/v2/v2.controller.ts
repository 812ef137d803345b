import { Controller, Get, Headers, Inject, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CONFIG, type Config } from '@central-index/platform/config';
import { DomainError, notFound } from '@central-index/platform/errors';
import { CatalogService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access } from '../access/access.decorator';
import { signInRequired } from '../access/access.errors';
import { IndexTokenAuthenticator, type IndexTokenIdentity } from '../access/index-token-authenticator';
import { setChallenge, setApiVersionHeader } from './challenge';
import { isV1Only } from '../http/old-docker';
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
    private readonly indexTokens: IndexTokenAuthenticator,
    private readonly catalog: CatalogService,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  async base(
    @Headers('authorization') authorization: string | undefined,
    @Headers('user-agent') userAgent: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    await this.authenticate(authorization, userAgent, reply);
    return {};
  }

  /** Pages of the names that the caller may see, sorted by canonical path (`library/x` for official ones). */
  @Get('_catalog')
  async names(
    @Headers('authorization') authorization: string | undefined,
    @Headers('user-agent') userAgent: string | undefined,
    @Query({ schema: CatalogQuery }) query: CatalogQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ repositories: string[] }> {
    const { identity } = await this.authenticate(authorization, userAgent, reply);
    const limit = Math.min(query.n ?? pageSize, maxPageSize);
    const { names, more } = await this.catalog.list(identity, { after: query.last, limit });
    const last = names.at(-1);
    if (more && last !== undefined) {
      void reply.header('link', `</v2/_catalog?last=${encodeURIComponent(last)}&n=${limit}>; rel="next"`);
    }
    return { repositories: names };
  }

  private async authenticate(
    authorization: string | undefined,
    userAgent: string | undefined,
    reply: FastifyReply,
  ): Promise<IndexTokenIdentity> {
    if (isV1Only(userAgent, this.config.server.v1OnlyUserAgents)) throw notFound('page');
    setApiVersionHeader(reply);
    let caller: IndexTokenIdentity | undefined;
    try {
      caller = await this.indexTokens.authenticate(authorization);
    } catch (error) {
      if (error instanceof DomainError && error.status === 401) {
        setChallenge(reply, this.config.server.publicUrl, 'invalid_token');
      }
      throw error;
    }
    if (caller === undefined) {
      setChallenge(reply, this.config.server.publicUrl);
      throw signInRequired();
    }
    return caller;
  }
}
