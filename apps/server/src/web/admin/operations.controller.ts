import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { OperationsService } from '@central-index/registry-sync';
import type { FastifyReply } from 'fastify';
import { Access, type CallerRequest } from '../../access/access.decorator';
import { operationPathSchema, operationsPageSchema } from '../../admin/operations.dto';
import { toPage, type PageDto } from '../../api/page.dto';
import { PageRenderer } from '../rendering/page-renderer';
import { operationPage } from './operation.page';
import { operationsPage } from './operations.page';

/** Operations, in a browser. */
@ApiExcludeController()
@Controller('admin/operations')
@Access('administrator-page')
export class AdminOperationsController {
  constructor(
    private readonly operations: OperationsService,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async list(
    @Query({ schema: operationsPageSchema }) { per_page, cursor }: PageDto,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const rows = await this.operations.list({ before: cursor, limit: per_page + 1 });
    const { items, next } = toPage(
      'operations',
      rows,
      per_page,
      ({ id }) => id,
      (operation) => operation,
    );
    const context = this.pages.contextOf(request, reply);
    const view = { operations: items, next, isFirst: cursor === undefined };
    this.pages.send(reply, context, operationsPage(context, view));
  }

  @Get(':id')
  async show(
    @Param({ schema: operationPathSchema }) { id }: { id: string },
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const context = this.pages.contextOf(request, reply);
    this.pages.send(reply, context, operationPage(context, await this.operations.get(id)));
  }
}
