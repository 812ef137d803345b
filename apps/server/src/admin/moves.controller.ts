import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation } from '@nestjs/swagger';
import type { SignedIn } from '@central-index/accounts';
import { OperationsService } from '@central-index/registry-sync';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Access, Address, Caller } from '../access/access.decorator';
import { Refuses } from '../api/openapi/operations';
import { repositoryPathSchema, toPath, type RepositoryPathDto } from '../api/repositories.dto';
import {
  operationSchema,
  moveRequestSchema,
  locationOf,
  toOperation,
  type OperationDto,
} from './operations.dto';

/** Moves of repositories between registries. */
@Controller('api/v1/admin/repositories/:namespace/:name')
@Access('administrator')
export class MovesController {
  constructor(private readonly operations: OperationsService) {}

  @Post('move')
  @HttpCode(202)
  @Refuses(409)
  @ApiOperation({ summary: 'Move a repository to another registry' })
  @ApiAcceptedResponse({ standardSchema: operationSchema })
  async move(
    @Param({ schema: repositoryPathSchema }) path: RepositoryPathDto,
    @Body({ schema: moveRequestSchema }) { registry, delete_source }: z.infer<typeof moveRequestSchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OperationDto> {
    const request = { repository: toPath(path), registry, deleteSource: delete_source };
    const operation = await this.operations.request(
      { kind: 'move', request },
      { name: account.name, address },
    );
    void reply.header('location', locationOf(operation));
    return toOperation(operation);
  }
}
