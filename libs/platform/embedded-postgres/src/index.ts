// The embedded PostgreSQL: finds server binaries, creates a data directory, starts the server, shares it between the
// processes of one machine and stops it with the last of them. Knows nothing of the schema.
export { openEmbedded } from './open-embedded';
export type { EmbeddedDatabase, EmbeddedOptions } from './open-embedded';
export { explainDenied } from './embedded-postgres.errors';
