import { sql } from '@central-index/platform/database';
import { databaseName } from './data-directory';

/** $1: name. */
export const selectDatabase = sql('select 1 from pg_database where datname = $1');

/** Must not be in a transaction. */
export const createDatabase = sql(`create database ${databaseName}`);
