import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation } from '@nestjs/swagger';
import type { SignedIn } from '@central-index/accounts';
import { ErrandsService } from '@central-index/registry-sync';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Access, Address, Caller } from '../access/access.decorator';
import { repositoryPathSchema, toPath, type RepositoryPathDto } from '../api/repositories.dto';
import { errandSchema, moveRequestSchema, placeOf, toErrand, type ErrandDto } from './operations.dto';

/** Moves of repositories between registries. */
@Controller('api/v1/admin/repositories/:namespace/:name')
@Access('administrator')
export class MovesController {
  constructor(private readonly errands: ErrandsService) {}

  @Post('move')
  @HttpCode(202)
  @ApiOperation({ summary: 'Have a repository copied to another registry and placed there' })
  @ApiAcceptedResponse({ standardSchema: errandSchema })
  async move(
    @Param({ schema: repositoryPathSchema }) path: RepositoryPathDto,
    @Body({ schema: moveRequestSchema }) { registry, delete_source }: z.infer<typeof moveRequestSchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ErrandDto> {
    const request = { repository: toPath(path), registry, deleteSource: delete_source };
    const errand = await this.errands.ask({ kind: 'move', request }, { name: account.name, address });
    void reply.header('location', placeOf(errand));
    return toErrand(errand);
  }
}
