import { Controller, Delete, HttpCode, Param, Put } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import { StarsService } from '@central-index/repositories';
import { Access, Caller } from '../access/access.decorator';
import { repositoryPathSchema, toPath, type RepositoryPathDto } from './repositories.dto';

/** The caller's star for a repository. Both routes are idempotent. */
@Controller('api/v1/repositories/:namespace/:name/star')
@Access('account')
export class StarsController {
  constructor(private readonly stars: StarsService) {}

  @Put()
  @HttpCode(204)
  @ApiOperation({ summary: 'Star a repository' })
  @ApiNoContentResponse()
  async star(
    @Param({ schema: repositoryPathSchema }) path: RepositoryPathDto,
    @Caller() caller: Identity,
  ): Promise<void> {
    await this.stars.star(caller, toPath(path));
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove the star' })
  @ApiNoContentResponse()
  async unstar(
    @Param({ schema: repositoryPathSchema }) path: RepositoryPathDto,
    @Caller() caller: Identity,
  ): Promise<void> {
    await this.stars.unstar(caller, toPath(path));
  }
}
