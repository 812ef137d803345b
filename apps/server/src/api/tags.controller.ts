import { Controller, Delete, Get, HttpCode, Param, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import { ReferrersService, TagDeletionsService } from '@central-index/registry-sync';
import { TagsService } from '@central-index/repositories';
import { ApiPage } from './api-page.decorator';
import { Access, Address, Caller } from '../access/access.decorator';
import { Refuses } from './openapi/operations';
import type { FastifyReply } from 'fastify';
import { writePage, type ListDto, type PageDto } from './page.dto';
import {
  deletedTagSchema,
  referrersPageSchema,
  referrersSchema,
  tagDeletionQuerySchema,
  toReferrer,
  toReferrersPage,
  type DeletedTagDto,
  type ReferrersDto,
  type TagDeletionQueryDto,
} from './referrers.dto';
import { repositoryPathSchema, toPath, type RepositoryPathDto } from './repositories.dto';
import {
  tagHistoryPageSchema,
  tagHistorySchema,
  tagPathSchema,
  tagSchema,
  tagsPageSchema,
  tagsSchema,
  toTag,
  toTagMove,
  type TagDto,
  type TagMoveDto,
  type TagPathDto,
  type TagsPageDto,
} from './tags.dto';

/** Tags of repositories, from the events of their registries. */
@Controller('api/v1/repositories/:namespace/:name/tags')
@Access('anyone')
export class TagsController {
  constructor(
    private readonly tags: TagsService,
    private readonly deletions: TagDeletionsService,
    private readonly referrers: ReferrersService,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List the tags of a repository, by name',
    description:
      'Without `kind`, the versions: signatures, SBOMs and attestations of images are not among them. ' +
      'They are listed by their kind, and by the referrers of the tag that they are about.',
  })
  @ApiPage(tagsSchema)
  async list(
    @Param({ schema: repositoryPathSchema }) path: RepositoryPathDto,
    @Query({ schema: tagsPageSchema }) { per_page, cursor, kind }: TagsPageDto,
    @Caller() caller: Identity,
  ): Promise<ListDto<TagDto>> {
    const page = await this.tags.list(caller, toPath(path), { after: cursor, limit: per_page, kind });
    return writePage('tags', page, toTag);
  }

  @Get(':tag')
  @ApiOperation({ summary: 'Read a tag' })
  @ApiOkResponse({ standardSchema: tagSchema })
  async read(
    @Param({ schema: tagPathSchema }) { tag, ...path }: TagPathDto,
    @Caller() caller: Identity,
  ): Promise<TagDto> {
    return toTag(await this.tags.find(caller, toPath(path), tag));
  }

  @Get(':tag/referrers')
  @ApiOperation({
    summary: 'List what refers to the image of a tag: signatures, SBOMs, attestations and other artifacts',
    description: 'Read from its registry: from the referrers API or, without one, from the referrers tag.',
  })
  @ApiPage(referrersSchema)
  async listReferrers(
    @Param({ schema: tagPathSchema }) { tag, ...path }: TagPathDto,
    @Query({ schema: referrersPageSchema }) page: PageDto,
    @Caller() caller: Identity,
  ): Promise<ReferrersDto> {
    return toReferrersPage(await this.referrers.list(caller, toPath(path), tag), page);
  }

  @Get(':tag/history')
  @ApiOperation({ summary: 'List the digests that a tag pointed to, newest first; also of a deleted tag' })
  @ApiPage(tagHistorySchema)
  async history(
    @Param({ schema: tagPathSchema }) { tag, ...path }: TagPathDto,
    @Query({ schema: tagHistoryPageSchema }) { per_page, cursor }: PageDto,
    @Caller() caller: Identity,
  ): Promise<ListDto<TagMoveDto>> {
    const page = await this.tags.history(caller, toPath(path), tag, { after: cursor, limit: per_page });
    return writePage('tag-history', page, toTagMove);
  }

  @Delete(':tag')
  @Access('account')
  @HttpCode(204)
  @Refuses(409)
  @ApiOperation({
    summary: 'Delete a tag at its registry',
    description:
      'If the registry can only delete by digest (Distribution 2), the image is deleted as well, and the request is ' +
      'refused while other tags need it. 200 lists what refers to the image, such as signatures: it stays at the ' +
      'registry, or is deleted with `referrers=true`. 202 means that the registry did not respond and the deletion ' +
      'will be retried.',
  })
  @ApiNoContentResponse()
  @ApiOkResponse({ standardSchema: deletedTagSchema })
  @ApiAcceptedResponse({
    standardSchema: deletedTagSchema,
    description: 'The registry did not respond; the deletion will be retried',
  })
  async delete(
    @Param({ schema: tagPathSchema }) { tag, ...path }: TagPathDto,
    @Query({ schema: tagDeletionQuerySchema }) { referrers }: TagDeletionQueryDto,
    @Caller() caller: Identity,
    @Address() address: string,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<DeletedTagDto | undefined> {
    const options = { withReferrers: referrers, address };
    const deleted = await this.deletions.delete(caller, toPath(path), tag, options);
    if (deleted === undefined) response.status(202);
    if (deleted === undefined || deleted.referrers.length === 0) return undefined;
    response.status(200);
    return { referrers: deleted.referrers.map(toReferrer), referrers_deleted: deleted.deleted };
  }
}
