// Who did what to whom: one append-only row for each security event, written in the transaction of the event.
// Any domain room may import it; it knows none of them and states no facts.
export { AuditModule } from './audit.module';
export { AuditService } from './audit.service';
export type { Actor, AuditEntry, AuditRecord } from './audit.service';
