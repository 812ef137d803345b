import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { OperationsService } from '@central-index/registry-sync';
import type { z } from 'zod';
import { ApiPage } from '../api/api-page.decorator';
import { Access } from '../access/access.decorator';
import { toPage, type ListDto, type PageDto } from '../api/page.dto';
import {
  operationPathSchema,
  operationSchema,
  operationsPageSchema,
  operationsSchema,
  toOperation,
  type OperationDto,
} from './operations.dto';

/** Long-running operations: moves, reconciles and adoptions that administrators requested. */
@Controller('api/v1/admin/operations')
@Access('administrator')
export class OperationsController {
  constructor(private readonly operations: OperationsService) {}

  @Get()
  @ApiOperation({ summary: 'List operations (moves, reconciles and adoptions), newest first' })
  @ApiPage(operationsSchema)
  async list(
    @Query({ schema: operationsPageSchema }) { per_page, cursor }: PageDto,
  ): Promise<ListDto<OperationDto>> {
    const operations = await this.operations.list({ before: cursor, limit: per_page + 1 });
    return toPage('operations', operations, per_page, ({ id }) => id, toOperation);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read the state and the result of an operation' })
  @ApiOkResponse({ standardSchema: operationSchema })
  async read(
    @Param({ schema: operationPathSchema }) { id }: z.infer<typeof operationPathSchema>,
  ): Promise<OperationDto> {
    return toOperation(await this.operations.get(id));
  }
}
