import type { AuditRecord } from '@central-index/audit';
import { z } from 'zod';
import { listOf, pageSchema } from '../api/page.dto';
import { nameComponent } from '../api/repositories.dto';

/** An event of the audit log. */
export const auditEventSchema = z
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
/** A page of events of the audit log. */
export const auditEventsSchema = listOf(auditEventSchema).meta({ id: 'AuditEvents' });
/** The query of a page of the audit log. */
export const auditQuerySchema = pageSchema('audit', 'id').extend({
  action: z.string().max(100).optional(),
  actor: nameComponent.optional(),
});
/** An event of the audit log as the API returns it. */
export type AuditEventDto = z.infer<typeof auditEventSchema>;

/** Converts an event of the audit log to the format of the API. */
export function toAuditEvent(event: AuditRecord): AuditEventDto {
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
