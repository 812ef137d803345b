import { Injectable } from '@nestjs/common';
import type { Identity } from '@central-index/accounts';
import { RepositoriesService, StarsService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import type { CallerRequest } from '../../access/access.decorator';
import { toPath, toRepository, type RepositoryPathDto } from '../../api/repositories.dto';
import { repositoryPath } from '../components/repository-list';
import type { Page } from '../layout/document';
import type { PageContext } from '../rendering/page-context';
import { PageRenderer } from '../rendering/page-renderer';
import type { RepositoryView } from './repository-head';

/** The paths under which a repository has its pages. Official ones have one component: `/r/library/x` leads to `/_/x`. */
export const repositoryBases = ['r/:namespace/:name', '_/:name'];

/** The path of the first page of a repository. */
export const addressOf = (path: RepositoryPathDto): string => repositoryPath({ ...path, official: false });

/** What all pages of a repository have: who may see it, and what the caller has to do with it. */
@Injectable()
export class RepositoryPages {
  constructor(
    private readonly repositories: RepositoriesService,
    private readonly stars: StarsService,
    private readonly pages: PageRenderer,
  ) {}

  /** The repository as the caller sees it. Throws NOT_FOUND. */
  async view(context: PageContext, caller: Identity, path: RepositoryPathDto): Promise<RepositoryView> {
    const found = await this.repositories.find(caller, toPath(path));
    const isStarred = await this.stars.isStarred(caller, found.id);
    const mayChange =
      context.account !== undefined && (await this.repositories.allows(caller, toPath(path), 'metadata'));
    return { repository: toRepository(found), isStarred, mayChange };
  }

  /** Sends a page of the repository in the path, or leads to the one address that it has. Throws NOT_FOUND. */
  async show(
    { path, caller, request, reply }: RepositoryRequest,
    makePage: (context: PageContext, view: RepositoryView) => Page | Promise<Page>,
  ): Promise<void> {
    const context = this.pages.contextOf(request, reply);
    const view = await this.view(context, caller, path);
    if (isOtherSpelling(request, path)) {
      return void reply.redirect(request.originalUrl.replace(/^\/r\/library\//i, '/_/'), 301);
    }
    this.pages.send(reply, context, await makePage(context, view));
  }
}

/** A request for a page of a repository. */
export interface RepositoryRequest {
  readonly path: RepositoryPathDto;
  readonly caller: Identity;
  readonly request: CallerRequest;
  readonly reply: FastifyReply;
}

const isOtherSpelling = (request: CallerRequest, { namespace }: RepositoryPathDto): boolean =>
  namespace === 'library' && request.routeOptions.url?.startsWith('/r/') === true;
