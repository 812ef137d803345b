import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import { CONFIG, type Config } from '@central-index/platform/config';
import { ActivityService, RepositoriesService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { toPath, type RepositoryPathDto } from '../../api/repositories.dto';
import { sendFile, StaticFile } from '../../http/static/static-file';
import { PageRenderer } from '../rendering/page-renderer';
import { atomFeed } from './atom-feed';
import { addressOf, repositoryBases } from './repository-pages';
import { pageParametersSchema } from './repository-parameters';

const feedLength = 50;

/** The pushes to a repository as a feed (RFC 4287). Feed readers may log in with a password or a token. */
@ApiExcludeController()
@Controller(repositoryBases)
@Access('anyone')
export class FeedController {
  constructor(
    private readonly repositories: RepositoriesService,
    private readonly activity: ActivityService,
    private readonly pages: PageRenderer,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get('feed.atom')
  async feed(
    @Param({ schema: pageParametersSchema }) path: RepositoryPathDto,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const repository = await this.repositories.find(caller, toPath(path));
    const pushes = await this.activity.pushes(caller, toPath(path), feedLength);
    const context = this.pages.contextOf(request, reply);
    const feed = atomFeed(context, {
      url: this.config.server.publicUrl + addressOf(path),
      name: repository.fullName,
      description: repository.description,
      createdAt: repository.createdAt,
      pushes,
    });
    const file = new StaticFile(Buffer.from(feed), 'application/atom+xml; charset=utf-8');
    void reply.header('vary', 'cookie, authorization, accept-language');
    sendFile(request, reply, file, { immutable: false, isPrivate: true });
  }
}
