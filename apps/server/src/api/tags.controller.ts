import { Controller, Delete, Get, HttpCode, Param, Query, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import { TagDeletionsService } from '@central-index/registry-sync';
import { TagsService } from '@central-index/repositories';
import { Access, Address, Caller } from '../access/access.decorator';
import type { FastifyReply } from 'fastify';
import { writePage, type ListDto, type PageDto } from './page.dto';
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
} from './tags.dto';

/** Tags of repositories, from the events of their registries. */
@Controller('api/v1/repositories/:namespace/:name/tags')
@Access('anyone')
export class TagsController {
  constructor(
    private readonly tags: TagsService,
    private readonly deletions: TagDeletionsService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List the tags of a repository, by name' })
  @ApiOkResponse({ standardSchema: tagsSchema })
  async list(
    @Param({ schema: repositoryPathSchema }) path: RepositoryPathDto,
    @Query({ schema: tagsPageSchema }) { per_page, cursor }: PageDto,
    @Caller() caller: Identity,
  ): Promise<ListDto<TagDto>> {
    const page = await this.tags.list(caller, toPath(path), { after: cursor, limit: per_page });
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

  @Get(':tag/history')
  @ApiOperation({ summary: 'List the digests that a tag pointed to, newest first; also of a deleted tag' })
  @ApiOkResponse({ standardSchema: tagHistorySchema })
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
  @ApiOperation({
    summary: 'Delete a tag at its registry',
    description:
      'If the registry can only delete by digest (Distribution 2), the image is deleted as well, and the request is ' +
      'refused while other tags need it. 202 means that the registry did not respond and the deletion will be retried.',
  })
  @ApiNoContentResponse()
  async delete(
    @Param({ schema: tagPathSchema }) { tag, ...path }: TagPathDto,
    @Caller() caller: Identity,
    @Address() address: string,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<void> {
    const deleted = await this.deletions.delete(caller, toPath(path), tag, address);
    if (!deleted) response.status(202);
  }
}
