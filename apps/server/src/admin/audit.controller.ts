import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { AuditService } from '@central-index/audit';
import type { z } from 'zod';
import { ApiPage } from '../api/api-page.decorator';
import { Access } from '../access/access.decorator';
import { toPage, type ListDto } from '../api/page.dto';
import { auditEventsSchema, auditQuerySchema, toAuditEvent, type AuditEventDto } from './audit.dto';

/** The audit log, for administrators. */
@Controller('api/v1/admin/audit')
@Access('administrator')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @ApiOperation({ summary: 'List security events, newest first' })
  @ApiPage(auditEventsSchema)
  async list(
    @Query({ schema: auditQuerySchema }) query: z.infer<typeof auditQuerySchema>,
  ): Promise<ListDto<AuditEventDto>> {
    const { per_page, cursor, ...filters } = query;
    const events = await this.audit.list({ before: cursor, ...filters, limit: per_page + 1 });
    return toPage('audit', events, per_page, ({ id }) => id, toAuditEvent);
  }
}
