import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AccountAdministration, type Identity, type SignedIn } from '@central-index/accounts';
import { ActivityService, RepositoriesService } from '@central-index/repositories';
import { AnonymousSearch, type SearchOrder } from '@central-index/search';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import type { ListedRepository } from '../components/repository-list';
import { PageRenderer } from '../rendering/page-renderer';
import { homePage, type OwnView } from './home.page';

const shelfLength = 6;
const activityLength = 10;

/** The home page. */
@ApiExcludeController()
@Controller()
@Access('anyone')
export class HomeController {
  private hasAdministrator = false;

  constructor(
    private readonly searches: AnonymousSearch,
    private readonly repositories: RepositoriesService,
    private readonly activity: ActivityService,
    private readonly administration: AccountAdministration,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async show(
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Once there is one, there is always one: the last administrator cannot be removed by a page.
    this.hasAdministrator ||= await this.administration.hasAdministrator();
    const [official, popular, recent, own] = await Promise.all([
      this.shelf('relevance', true),
      this.shelf('relevance', false),
      this.shelf('pushed', undefined),
      caller.kind === 'account' ? this.own(caller) : undefined,
    ]);
    const context = this.pages.contextOf(request, reply);
    const isNew = !this.hasAdministrator;
    this.pages.send(reply, context, homePage(context, { official, popular, recent, own, isNew }));
  }

  // Public repositories only: the shelves are the same for all callers.
  private async shelf(sort: SearchOrder, official: boolean | undefined): Promise<ListedRepository[]> {
    const filters = official === undefined ? {} : { official };
    const { items } = await this.searches.search({ q: '', page: 1, perPage: shelfLength, filters, sort });
    return (
      items
        // What was imported comes last in the order of pushes, and was not pushed here.
        .filter(({ pushedAt }) => sort !== 'pushed' || pushedAt !== null)
        .map((hit) => ({ ...hit, isPrivate: hit.private }))
    );
  }

  private async own(caller: SignedIn): Promise<OwnView> {
    const [{ items }, events] = await Promise.all([
      this.repositories.list(caller, caller.account.name, { limit: shelfLength }),
      this.activity.ofOwn(caller, activityLength),
    ]);
    const repositories = items.map((repository) => ({
      ...repository,
      isPrivate: repository.visibility === 'private',
    }));
    return { repositories, events };
  }
}
