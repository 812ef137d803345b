// TypeORM's DataSource and pg: connections, transactions, migrations, notifications of changes, and encryption at rest.
// Other libraries own their entities and their SQL; this one owns how they reach the server.
export { BatchedRead } from './batched-read';
export { ChangeListener } from './change-listener';
export { Database } from './database';
export { DatabaseModule } from './database.module';
export { copyDatabase } from './copy-database';
export type { CopiedTable, DatabaseCopy, DatabaseCopyOptions } from './copy-database';
export { databaseOptions, workerTimeouts } from './database-options';
export { isConstraintViolation } from './constraint';
export { hasEncryptedData, migrate, requireSecretKey, schemaState } from './migrate';
export type { SchemaState } from './migrate';
export { InvalidatingCache } from './invalidating-cache';
export { Query, preparedSql, runQuery, sql, withSamples } from './query';
export type { QueryFactory } from './query';
export { Sealer, wrongSecretKey } from './sealer';
export { isStorable, storableJson, toStorable, toStorableJson } from './storable';
export { StorableClient } from './storable-client';
export { isConnectionError, unavailabilityOf } from './unavailability';
export type { Unavailability } from './unavailability';
export { unavailabilityLogOf, UnavailabilityLog } from './unavailability-log';
export { withClient } from './with-client';
