import type { PoolConfig } from 'pg';
import type { DataSourceOptions } from 'typeorm';
import { PostgresNamingStrategy } from './naming-strategy';
import { StorableClient } from './storable-client';

/** Idle connections that stay open: opening one takes longer than most requests do. */
export const minConnections = 4;

/**
 * The startup option that every connection sets. Statements here are short: compiling one, as many servers do by
 * default, takes longer than running it.
 */
export const jitOff = '-c jit=off';

interface Timeouts {
  /** For opening a connection, or waiting for a free one. */
  readonly connect: number;
  /** After which PostgreSQL cancels a statement. */
  readonly statement: number;
  /** After which this process gives up on a statement, because PostgreSQL does not answer. */
  readonly answer: number;
}

// A request ends within 5 s, even if the database is frozen or the network drops all packets: neither sends an error.
const requestTimeouts: Timeouts = { connect: 2_000, statement: 3_800, answer: 4_100 };
// Jobs and commands may wait longer. Maintenance, which takes minutes, has timeouts of its own.
const otherTimeouts: Timeouts = { connect: 5_000, statement: 15_000, answer: 16_000 };

/** How long other pools of a worker wait, in milliseconds: for a connection, and for the answer to a statement. */
export const workerTimeouts = {
  connectionTimeoutMillis: 15_000,
  query_timeout: otherTimeouts.answer,
} as const;

/** How every process connects. */
export function databaseOptions(url: string, role: string, poolSize = 10): DataSourceOptions {
  const { connect, statement, answer } = role === 'server' ? requestTimeouts : otherTimeouts;
  const extra: PoolConfig = {
    statement_timeout: statement,
    query_timeout: answer,
    idle_in_transaction_session_timeout: 30_000,
    options: jitOff,
    keepAlive: true,
    min: minConnections,
    Client: StorableClient,
  };
  return {
    type: 'postgres',
    url,
    applicationName: `central-index ${role}`,
    poolSize,
    connectTimeoutMS: connect,
    namingStrategy: new PostgresNamingStrategy(),
    synchronize: false,
    migrationsRun: false,
    migrationsTableName: 'schema_migration',
    extra,
  };
}
