import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { AuditService, type AuditRecord } from '@central-index/audit';
import { z } from 'zod';
import { ApiPage } from '../api/api-page.decorator';
import { Access } from '../access/access.decorator';
import { listOf, pageSchema, toPage, type ListDto } from '../api/page.dto';
import { nameComponent } from '../api/repositories.dto';

const eventSchema = z
  .strictObject({
    id: z.string(),
    at: z.iso.datetime(),
    action: z.string().describe('subject and verb in the past tense, for example `account.signed-up`'),
    actor: z.string().nullable().describe('name of the account, or `:cli` or `:index`'),
    address: z.string().nullable(),
    subject_type: z.string(),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEvent' });
const eventsSchema = listOf(eventSchema).meta({ id: 'AuditEvents' });
const querySchema = pageSchema('audit', 'id').extend({
  action: z.string().max(100).optional(),
  actor: nameComponent.optional(),
});
type EventDto = z.infer<typeof eventSchema>;

/** The audit log, for administrators. */
@Controller('api/v1/admin/audit')
@Access('administrator')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  @Get()
  @ApiOperation({ summary: 'List security events, newest first' })
  @ApiPage(eventsSchema)
  async list(
    @Query({ schema: querySchema }) { per_page, cursor, action, actor }: z.infer<typeof querySchema>,
  ): Promise<ListDto<EventDto>> {
    const events = await this.audit.list({ before: cursor, action, actor, limit: per_page + 1 });
    return toPage('audit', events, per_page, ({ id }) => id, toEvent);
  }
}

function toEvent(event: AuditRecord): EventDto {
  return {
    id: event.id,
    at: event.at.toISOString(),
    action: event.action,
    actor: event.actor,
    address: event.address,
    subject_type: event.subjectType,
    subject: event.subject,
    detail: event.detail,
  };
}
