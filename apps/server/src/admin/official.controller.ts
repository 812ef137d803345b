import { Body, Controller, Delete, HttpCode, Param, Put, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { SignedIn } from '@central-index/accounts';
import { OfficialRepositoriesService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import type { z } from 'zod';
import { Access, Address, Caller } from '../access/access.decorator';
import { repositorySchema, toRepository, type RepositoryDto } from '../api/repositories.dto';
import { officialPathSchema, officialSchema, type OfficialPathDto } from './official.dto';

/** Official repositories, by their names without `library/`. */
@Controller('api/v1/admin/official')
@Access('administrator')
export class OfficialController {
  constructor(private readonly official: OfficialRepositoriesService) {}

  @Put(':name')
  @ApiOperation({ summary: 'Add an official repository (201), or change its description (200)' })
  @ApiOkResponse({ standardSchema: repositorySchema })
  @ApiCreatedResponse({ standardSchema: repositorySchema })
  async add(
    @Param({ schema: officialPathSchema }) { name }: OfficialPathDto,
    @Body({ schema: officialSchema }) body: z.infer<typeof officialSchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RepositoryDto> {
    const { repository, added } = await this.official.add(name, body ?? {}, { name: account.name, address });
    void reply.status(added ? 201 : 200);
    return toRepository(repository);
  }

  @Delete(':name')
  @HttpCode(204)
  @ApiOperation({ summary: 'Remove an official repository' })
  @ApiNoContentResponse()
  async remove(
    @Param({ schema: officialPathSchema }) { name }: OfficialPathDto,
    @Caller() { account }: SignedIn,
    @Address() address: string,
  ): Promise<void> {
    await this.official.remove(name, { name: account.name, address });
  }
}
