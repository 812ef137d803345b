import type { DataSourceOptions } from 'typeorm';
import { PostgresNamingStrategy } from './naming-strategy';

/** Idle connections that stay open: opening one takes longer than most requests do. */
export const minConnections = 4;

/**
 * The startup option that every connection sets. Statements here are short: compiling one, as many servers do by
 * default, takes longer than running it.
 */
export const jitOff = '-c jit=off';

/** How every process connects. Its timeouts end a request before a docker client gives up on it. */
export function databaseOptions(url: string, role: string, poolSize = 10): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: `central-index ${role}`,
    poolSize,
    connectTimeoutMS: 5_000,
    namingStrategy: new PostgresNamingStrategy(),
    synchronize: false,
    migrationsRun: false,
    migrationsTableName: 'schema_migration',
    extra: {
      statement_timeout: 15_000,
      idle_in_transaction_session_timeout: 30_000,
      options: jitOff,
      keepAlive: true,
      min: minConnections,
    },
  };
}
