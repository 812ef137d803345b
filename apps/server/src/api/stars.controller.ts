import { Controller, Delete, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation } from '@nestjs/swagger';
import type { Identity, SignedIn } from '@central-index/accounts';
import { StarsService } from '@central-index/repositories';
import { Access, Caller } from '../access/access.decorator';
import { CountedAs } from '../access/change-limits.interceptor';
import { ApiPage } from './api-page.decorator';
import { writePage, type ListDto, type PageDto } from './page.dto';
import {
  stargazersPageSchema,
  stargazersSchema,
  starredPageSchema,
  starredSchema,
  toStargazer,
  toStarred,
  type StargazerDto,
  type StarredDto,
} from './stars.dto';
import { repositoryPathSchema, toPath, type RepositoryPathDto } from './repositories.dto';

/** Stars of repositories. To give and to remove one is idempotent. */
@Controller('api/v1')
export class StarsController {
  constructor(private readonly stars: StarsService) {}

  @Put('repositories/:namespace/:name/star')
  @Access('account')
  @CountedAs('star')
  @HttpCode(204)
  @ApiOperation({ summary: 'Star a repository' })
  @ApiNoContentResponse()
  async star(
    @Param({ schema: repositoryPathSchema }) path: RepositoryPathDto,
    @Caller() caller: Identity,
  ): Promise<void> {
    await this.stars.star(caller, toPath(path));
  }

  @Delete('repositories/:namespace/:name/star')
  @Access('account')
  @CountedAs('star')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove the star' })
  @ApiNoContentResponse()
  async unstar(
    @Param({ schema: repositoryPathSchema }) path: RepositoryPathDto,
    @Caller() caller: Identity,
  ): Promise<void> {
    await this.stars.unstar(caller, toPath(path));
  }

  @Get('repositories/:namespace/:name/stargazers')
  @Access('anyone')
  @ApiOperation({ summary: 'List the accounts that starred a repository, latest first' })
  @ApiPage(stargazersSchema)
  async stargazers(
    @Param({ schema: repositoryPathSchema }) path: RepositoryPathDto,
    @Query({ schema: stargazersPageSchema }) { per_page, cursor }: PageDto,
    @Caller() caller: Identity,
  ): Promise<ListDto<StargazerDto>> {
    const page = await this.stars.stargazers(caller, toPath(path), { after: cursor, limit: per_page });
    return writePage('stargazers', page, toStargazer);
  }

  @Get('user/starred')
  @Access('sign-in')
  @ApiOperation({ summary: 'List the repositories that the caller starred, latest first' })
  @ApiPage(starredSchema)
  async starred(
    @Query({ schema: starredPageSchema }) { per_page, cursor }: PageDto,
    @Caller() caller: SignedIn,
  ): Promise<ListDto<StarredDto>> {
    const page = await this.stars.starred(caller, { after: cursor, limit: per_page });
    return writePage('starred', page, toStarred);
  }
}
