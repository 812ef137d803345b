// The one home of TypeORM's DataSource and of pg: connections, transactions, migrations, what is sealed at rest.
// Rooms own their entities and their SQL; this room owns how they reach the server.
export { Changes } from './changes';
export { Database } from './database';
export { DatabaseModule } from './database.module';
export { databaseOptions } from './database-options';
export { breaksConstraint, isUnreachable } from './constraint';
export { holdsSealed, migrate, schemaState } from './migrate';
export type { SchemaState } from './migrate';
export { Remembered } from './remembered';
export { Sealer, wrongSecretKey } from './sealer';
export { openEmbedded } from './embedded/open-embedded';
export type { EmbeddedDatabase, EmbeddedOptions } from './embedded/open-embedded';
export { explainDenied } from './embedded/embedded.errors';
export { tryLock } from './embedded/file-lock';
export type { HeldLock } from './embedded/file-lock';
export { identify, isAlive, ownIdentity, pidOf, signal, waitForEnd } from './embedded/process-identity';
