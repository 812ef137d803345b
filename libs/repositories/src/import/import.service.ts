import { AuditService, type Actor } from '@central-index/audit';
import { NamespacesService, type ImportedNamespace } from '@central-index/namespaces';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { repositoriesImported } from '../repository/repositories.facts';
import { readRepositoryRow, type ImportRow, type RowReader } from './import-row';
import { insertImported, lockImports, updateImported } from './import.queries';
import { splitLines } from './lines';

/** The outcome of an import. */
export interface ImportSummary {
  readonly rows: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Rows whose name an earlier row had; the first one counts. */
  readonly repeated: number;
  readonly invalid: number;
  /** The first 1,000 invalid lines. */
  readonly errors: readonly { readonly line: number; readonly reason: string }[];
}

/** A row whose name an earlier line had. */
export interface RepeatedRow {
  readonly line: number;
  /** Canonical name. */
  readonly path: string;
  readonly firstLine: number;
}

type ImportCounts = Omit<{ -readonly [K in keyof ImportSummary]: ImportSummary[K] }, 'errors'>;

/** Who imports, and the listeners that are notified meanwhile. */
export interface ImportOptions {
  readonly actor: Actor;
  readonly progress?: (rows: number) => void;
  readonly repeated?: (row: RepeatedRow) => void;
}

// Large enough that the fixed cost of a batch does not matter, small enough that its locks are short.
const batchSize = 2_000;
const maxErrors = 1_000;
// One batch at a time over all imports: two that update the same rows in different orders would deadlock.
const importLock = 5_020_883;

/** Imports metadata of repositories from other indexes. */
@Injectable()
export class ImportService {
  constructor(
    private readonly database: Database,
    private readonly namespaces: NamespacesService,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Imports JSON lines in batches, each in its own transaction, so that an interrupted run is simply repeated: it changes
   * only what differs. Texts in namespaces that have an owner never change, and deleted repositories stay deleted.
   * `progress` is called with the number of rows done, `repeated` with each row that is skipped because of its name.
   */
  async run(
    bytes: AsyncIterable<Uint8Array>,
    options: ImportOptions & { readonly read?: RowReader },
  ): Promise<ImportSummary> {
    const { actor, read = readRepositoryRow, progress } = options;
    const summary: ImportCounts = { rows: 0, added: 0, changed: 0, unchanged: 0, repeated: 0, invalid: 0 };
    const errors: { line: number; reason: string }[] = [];
    const firstLines = new Map<string, number>();
    let batch: ImportRow[] = [];
    let line = 0;
    const flush = async (): Promise<void> => {
      const { added, changed } = await this.upsert(batch);
      summary.added += added;
      summary.changed += changed;
      summary.unchanged += batch.length - added - changed;
      batch = [];
      progress?.(summary.rows);
    };
    for await (const text of splitLines(bytes)) {
      line += 1;
      if (text?.trim() === '') continue;
      summary.rows += 1;
      const row = text === undefined ? 'is too long' : read(text);
      if (typeof row === 'string') {
        summary.invalid += 1;
        if (errors.length < maxErrors) errors.push({ line, reason: row });
        continue;
      }
      const firstLine = firstLines.get(row.path);
      if (firstLine !== undefined) {
        summary.repeated += 1;
        options.repeated?.({ line, path: row.path, firstLine });
      } else {
        firstLines.set(row.path, line);
        batch.push(row);
        if (batch.length === batchSize) await flush();
      }
    }
    if (batch.length > 0) await flush();
    progress?.(summary.rows);
    await this.database.transaction((manager) => this.record(manager, actor, summary));
    return { ...summary, errors };
  }

  private upsert(batch: readonly ImportRow[]): Promise<{ added: number; changed: number }> {
    return this.database.transaction(async (manager) => {
      await this.database.execute(lockImports, [importLock], manager);
      const namespaces = await this.namespaces.ensureImported(
        manager,
        batch.map(({ namespace }) => namespace),
      );
      const changed = await this.update(manager, batch, namespaces);
      const added = await this.insert(manager, batch, namespaces);
      const repositoryIds = [...changed, ...added];
      // `add` and not `emit`: a job key made of all these ids would exceed the length of a key.
      if (repositoryIds.length > 0) await this.jobs.add(manager, repositoriesImported, { repositoryIds });
      return { added: added.length, changed: changed.length };
    });
  }

  private async update(
    manager: EntityManager,
    batch: readonly ImportRow[],
    namespaces: ReadonlyMap<string, ImportedNamespace>,
  ): Promise<string[]> {
    const values = [
      batch.map(({ path }) => path),
      batch.map(({ namespace }) => namespaces.get(namespace)!.owned),
      ...optionalColumns(batch),
    ];
    const rows = await this.database.query(updateImported, values, manager);
    return rows.map(({ id }) => id);
  }

  private async insert(
    manager: EntityManager,
    batch: readonly ImportRow[],
    namespaces: ReadonlyMap<string, ImportedNamespace>,
  ): Promise<string[]> {
    const values = [
      batch.map(({ namespace }) => namespaces.get(namespace)!.id),
      batch.map(({ path }) => path),
      batch.map(({ name }) => name),
      ...optionalColumns(batch),
    ];
    const rows = await this.database.query(insertImported, values, manager);
    return rows.map(({ id }) => id);
  }

  private record(manager: EntityManager, actor: Actor, summary: ImportCounts): Promise<void> {
    return this.audit.record(manager, {
      action: 'repositories.imported',
      actor,
      subjectType: 'index',
      subject: 'repositories',
      detail: summary,
    });
  }
}

// In the order of the parameters of both statements.
function optionalColumns(batch: readonly ImportRow[]): unknown[][] {
  return [
    batch.map(({ description }) => description ?? null),
    batch.map(({ stars }) => stars ?? null),
    batch.map(({ pulls }) => pulls ?? null),
    batch.map(({ automated }) => automated ?? null),
    batch.map(({ hasImages }) => hasImages),
  ];
}
