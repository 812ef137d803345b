import type { Client } from 'pg';
import { runQuery } from './query';
import {
  missingRights,
  transactionPooler,
  unsuitableEncoding,
  unsupportedVersion,
} from './requirements.errors';
import { selectBackend, selectForbidden, selectServer, type ServerRow } from './requirements.queries';

const oldestVersion = 150_000;
const poolerProbes = 3;
const maxNamedTables = 3;

/**
 * Throws UNSUPPORTED_DATABASE_VERSION, UNSUITABLE_ENCODING, TRANSACTION_POOLER or MISSING_DATABASE_RIGHTS if the product
 * cannot run on the database. `other` is a second connection to the same database. Changes nothing.
 */
export async function requireUsableDatabase(client: Client, other: Client): Promise<void> {
  const { rows } = await runQuery(client, selectServer);
  const server = rows[0]!;
  if (server.version < oldestVersion) throw unsupportedVersion(server.version_name);
  if (server.encoding !== 'UTF8') throw unsuitableEncoding(server.database, server.encoding);
  if (await sharesSession(client, other)) throw transactionPooler();
  const { rows: forbidden } = await runQuery(client, selectForbidden);
  if (forbidden.length > 0) throw missingRights(server.user, shortened(forbidden.map(({ what }) => what)));
}

/** Throws MISSING_DATABASE_RIGHTS if the user may not create what migrations create. */
export async function requireMigrationRights(client: Client): Promise<void> {
  const { rows } = await runQuery(client, selectServer);
  const missing = missingForMigrations(rows[0]!);
  if (missing.length > 0) throw missingRights(rows[0]!.user, missing);
}

function missingForMigrations(server: ServerRow): string[] {
  const { schema, database } = server;
  return [
    ...(schema === null ? ['USAGE and CREATE on schema public'] : []),
    ...(server.may_create_tables === false ? [`CREATE on schema ${schema}`] : []),
    ...(server.may_create_schemas || server.has_queue ? [] : [`CREATE on database ${database}`]),
  ];
}

// Two open connections have two sessions. A pooler that assigns a session to each transaction gives both the one that
// has just become free; with other clients it may take several attempts.
async function sharesSession(client: Client, other: Client): Promise<boolean> {
  const seen = [new Set<number>(), new Set<number>()] as const;
  for (let probe = 0; probe < poolerProbes; probe += 1) {
    for (const [index, connection] of [client, other].entries()) {
      const { rows } = await runQuery(connection, selectBackend);
      seen[index]!.add(rows[0]!.backend);
    }
  }
  const [own, others] = seen;
  return own.size > 1 || others.size > 1 || [...own].some((backend) => others.has(backend));
}

function shortened(rights: readonly string[]): readonly string[] {
  const more = rights.length - maxNamedTables;
  return more > 0 ? [...rights.slice(0, maxNamedTables), `the same for ${more} more`] : rights;
}
