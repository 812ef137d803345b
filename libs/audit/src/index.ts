// The audit log: one append-only row per security event, written in the transaction of the event. Any library of the
// domain may import this one; it imports none of them and emits no facts.
export { AuditModule } from './audit.module';
export { AuditService } from './audit.service';
export type { Actor, AuditEntry, AuditRecord } from './audit.service';
