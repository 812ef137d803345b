import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import {
  ImageDetailsService,
  ReferrersService,
  TagDeletionsService,
  type DeletedReferrers,
} from '@central-index/registry-sync';
import { TagsService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { toReferrersPage } from '../../api/referrers.dto';
import { toPath, type RepositoryPathDto } from '../../api/repositories.dto';
import { toTag, toTagMove } from '../../api/tags.dto';
import type { Page } from '../layout/document';
import { FormSubmissions, Submitted, type Refusal, type SubmittedForm } from '../rendering/form-submission';
import type { PageContext } from '../rendering/page-context';
import { requireConfirmation } from './confirmation';
import { RegistryReads } from './registry-reads';
import { addressOf, repositoryBases, RepositoryPages } from './repository-pages';
import type { RepositoryView } from './repository-head';
import {
  tagParametersSchema,
  tagQuerySchema,
  type DeletionOutcome,
  type TagParameters,
  type TagQuery,
} from './repository-parameters';
import { tagPage } from './tag.page';

const historyLength = 20;
const shownReferrers = 50;

/** The page of one tag, and its deletion. */
@ApiExcludeController()
@Controller(repositoryBases.map((base) => `${base}/tags/:tag`))
@Access('anyone')
export class TagPageController {
  constructor(
    private readonly repositoryPages: RepositoryPages,
    private readonly tags: TagsService,
    private readonly referrers: ReferrersService,
    private readonly details: ImageDetailsService,
    private readonly deletions: TagDeletionsService,
    private readonly reads: RegistryReads,
    private readonly submissions: FormSubmissions,
  ) {}

  @Get()
  async show(
    @Param({ schema: tagParametersSchema }) { tag, ...path }: TagParameters,
    @Query({ schema: tagQuerySchema }) { platform }: TagQuery,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.repositoryPages.show({ path, caller, request, reply }, (context, view) =>
      this.page({ context, view, caller, path, tag, platform, refusal: { errors: [] } }),
    );
  }

  @Post('delete')
  @HttpCode(303)
  async delete(
    @Param({ schema: tagParametersSchema }) { tag, ...path }: TagParameters,
    @Submitted() { request, caller, body }: SubmittedForm,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const act = async (context: PageContext): Promise<string> => {
      const { repository } = await this.repositoryPages.view(context, caller, path);
      requireConfirmation(context, body, `${repository.full_name}:${tag}`);
      const options = { withReferrers: body['referrers'] === 'true', address: request.ip };
      const deleted = await this.deletions.delete(caller, toPath(path), tag, options);
      const query = new URLSearchParams({ deleted: tag, outcome: outcomeOf(deleted) });
      return `${addressOf(path)}/tags?${query.toString()}`;
    };
    const show = async (context: PageContext, refusal: Refusal): Promise<Page> => {
      const view = await this.repositoryPages.view(context, caller, path);
      return this.page({ context, view, caller, path, tag, refusal });
    };
    await this.submissions.run({ request, reply, body, needsAccount: true, act, show });
  }

  private async page({ context, view, caller, path, tag, platform, refusal }: PageInput): Promise<Page> {
    const found = await this.tags.find(caller, toPath(path), tag);
    const [history, details, referrers] = await Promise.all([
      this.tags.history(caller, toPath(path), tag, { limit: historyLength }),
      this.reads.find(() => this.details.find(caller, toPath(path), tag, platform)),
      this.reads.find(() => this.referrers.list(caller, toPath(path), tag)),
    ]);
    return tagPage({
      context,
      view,
      tag: toTag(found),
      history: history.items.map(toTagMove),
      details,
      referrers: referrers && toReferrersPage(referrers, { per_page: shownReferrers }),
      refusal,
    });
  }
}

interface PageInput {
  readonly context: PageContext;
  readonly view: RepositoryView;
  readonly caller: Identity;
  readonly path: RepositoryPathDto;
  readonly tag: string;
  readonly platform?: string;
  readonly refusal: Refusal;
}

// What the list of tags says about a deletion.
function outcomeOf(deleted: DeletedReferrers | undefined): DeletionOutcome {
  if (deleted === undefined) return 'later';
  if (deleted.referrers.length === 0) return 'alone';
  return deleted.deleted ? 'with-referrers' : 'referrers-stay';
}
