import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AuditService } from '@central-index/audit';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access, type CallerRequest } from '../../access/access.decorator';
import { auditQuerySchema, toAuditEvent } from '../../admin/audit.dto';
import { toPage } from '../../api/page.dto';
import { PageRenderer } from '../rendering/page-renderer';
import { withoutEmpty } from './admin-form';
import { auditPage } from './audit.page';

const filterSchema = auditQuerySchema.extend({ subject: z.string().max(512).optional() });
const querySchema = z.preprocess(withoutEmpty, filterSchema);

/** The audit log, in a browser. */
@ApiExcludeController()
@Controller('admin/audit')
@Access('administrator-page')
export class AdminAuditController {
  constructor(
    private readonly audit: AuditService,
    private readonly pages: PageRenderer,
  ) {}

  @Get()
  async show(
    @Query({ schema: querySchema }) query: z.infer<typeof filterSchema>,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { per_page, cursor, action, actor, subject } = query;
    const rows = await this.audit.list({ before: cursor, action, actor, subject, limit: per_page + 1 });
    const events = toPage('audit', rows, per_page, ({ id }) => id, toAuditEvent);
    const context = this.pages.contextOf(request, reply);
    const filters = { action: action ?? '', actor: actor ?? '', subject: subject ?? '' };
    this.pages.send(reply, context, auditPage(context, { events, filters, isFirst: cursor === undefined }));
  }
}
