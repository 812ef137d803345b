import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import { PullsService } from '@central-index/repositories';
import { Access, Caller } from '../access/access.decorator';
import { periodSchema, pullsSchema, toPulls, type PeriodDto, type PullsDto } from './pulls.dto';
import { repositoryPathSchema, toPath, type RepositoryPathDto } from './repositories.dto';

/** Pull counts of repositories, from the events of their registries. */
@Controller('api/v1/repositories/:namespace/:name/pulls')
@Access('anyone')
export class PullsController {
  constructor(private readonly pulls: PullsService) {}

  @Get()
  @ApiOperation({ summary: 'Count the pulls of a repository per day (UTC) and tag' })
  @ApiOkResponse({ standardSchema: pullsSchema })
  async read(
    @Param({ schema: repositoryPathSchema }) path: RepositoryPathDto,
    @Query({ schema: periodSchema }) period: PeriodDto,
    @Caller() caller: Identity,
  ): Promise<PullsDto> {
    return toPulls(period, await this.pulls.find(caller, toPath(path), period));
  }
}
