import { DefaultNamingStrategy, type NamingStrategyInterface, type Table } from 'typeorm';

const tableName = (table: Table | string): string =>
  (typeof table === 'string' ? table : table.name).split('.').pop()!;
const named = (table: Table | string, columns: string[], suffix: string): string =>
  [tableName(table), ...columns, suffix].join('_');

/** Snake case, and the constraint names that PostgreSQL itself generates, so that plain SQL in migrations matches. */
export class PostgresNamingStrategy extends DefaultNamingStrategy implements NamingStrategyInterface {
  override tableName(className: string, given: string | undefined): string {
    return given ?? snake(className.replace(/Entity$/, ''));
  }
  override columnName(property: string, given: string | undefined): string {
    return given ?? snake(property);
  }
  override primaryKeyName(table: Table | string): string {
    return named(table, [], 'pkey');
  }
  override uniqueConstraintName(table: Table | string, columns: string[]): string {
    return named(table, columns, 'key');
  }
  override foreignKeyName(table: Table | string, columns: string[]): string {
    return named(table, columns, 'fkey');
  }
  override indexName(table: Table | string, columns: string[]): string {
    return named(table, columns, 'idx');
  }
}

function snake(text: string): string {
  return text.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}
