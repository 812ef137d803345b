import type { DataSourceOptions } from 'typeorm';
import { PostgresNamingStrategy } from './naming-strategy';

/** Connections that are kept open though nobody uses them: to open one costs more than most requests. */
export const connectionsKept = 4;

/**
 * What every connection sets: statements here are short, and to compile one as many servers would by themselves takes
 * longer than to run it.
 */
export const jitOff = '-c jit=off';

/** How every process connects. Time-outs are such that a request never waits longer than a docker client does. */
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
      min: connectionsKept,
    },
  };
}
