import { AuditService, type Actor } from '@central-index/audit';
import { NamespacesService } from '@central-index/namespaces';
import { Database } from '@central-index/platform/database';
import { Jobs } from '@central-index/platform/jobs';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { readRepositoryRow, type ImportRow, type RowReader } from './import-row';
import { splitLines } from './lines';
import { repositoriesImported } from '../repository/repositories.facts';

/** What an import did. `faults` lists the first thousand invalid lines. */
export interface ImportSummary {
  readonly rows: number;
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Names that came twice; the first time counts. */
  readonly repeated: number;
  readonly invalid: number;
  readonly errors: readonly { readonly line: number; readonly reason: string }[];
}

// Large enough that a batch's fixed cost does not count, small enough that its locks are short.
const batchSize = 2_000;
const maxErrors = 1_000;
// One batch at a time, whoever imports: two that update the same rows in different orders would block each other.
const importLock = 5_020_883;

/** Takes over repositories' metadata from elsewhere. */
@Injectable()
export class ImportService {
  constructor(
    private readonly database: Database,
    private readonly namespaces: NamespacesService,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Imports JSON lines in batches, each in a transaction of its own, so that a broken run is simply run again: it
   * changes only what differs. Texts in namespaces that have an owner are never changed, and what was deleted stays
   * so. `progress` is told the rows done so far.
   */
  async run(
    bytes: AsyncIterable<Uint8Array>,
    options: { actor: Actor; read?: RowReader; progress?: (rows: number) => void },
  ): Promise<ImportSummary> {
    const read = options.read ?? readRepositoryRow;
    const summary = { rows: 0, added: 0, changed: 0, unchanged: 0, repeated: 0, invalid: 0 };
    const faults: { line: number; reason: string }[] = [];
    const seen = new Set<string>();
    let batch: ImportRow[] = [];
    let line = 0;
    const flush = async (): Promise<void> => {
      const { added, changed } = await this.upsert(batch);
      summary.added += added;
      summary.changed += changed;
      summary.unchanged += batch.length - added - changed;
      batch = [];
      options.progress?.(summary.rows);
    };
    for await (const text of splitLines(bytes)) {
      line += 1;
      if (text?.trim() === '') continue;
      summary.rows += 1;
      const row = text === undefined ? 'is too long' : read(text);
      if (typeof row === 'string') {
        summary.invalid += 1;
        if (faults.length < maxErrors) faults.push({ line, reason: row });
      } else if (seen.has(row.path)) {
        summary.repeated += 1;
      } else {
        seen.add(row.path);
        batch.push(row);
        if (batch.length === batchSize) await flush();
      }
    }
    if (batch.length > 0) await flush();
    options.progress?.(summary.rows);
    await this.database.transaction((manager) =>
      this.audit.record(manager, {
        action: 'repositories.imported',
        actor: options.actor,
        subjectType: 'index',
        subject: 'repositories',
        detail: summary,
      }),
    );
    return { ...summary, errors: faults };
  }

  private upsert(batch: readonly ImportRow[]): Promise<{ added: number; changed: number }> {
    return this.database.transaction(async (manager) => {
      await manager.query('select pg_advisory_xact_lock($1)', [importLock]);
      const namespaces = await this.namespaces.ensureImported(
        manager,
        batch.map(({ namespace }) => namespace),
      );
      const changed = await this.update(manager, batch, namespaces);
      const added = await this.insert(manager, batch, namespaces);
      const ids = [...changed, ...added];
      if (ids.length > 0) {
        // Added without a key made of its ids, which would exceed the length of a key.
        await this.jobs.add(manager, repositoriesImported, { repositoryIds: ids });
      }
      return { added: added.length, changed: changed.length };
    });
  }

  private async update(
    manager: EntityManager,
    batch: readonly ImportRow[],
    namespaces: Map<string, { owned: boolean }>,
  ): Promise<string[]> {
    const rows = await this.database.rows<{ id: string }>(
      `update repository set description = wanted.description, automated = wanted.automated,
         imported = wanted.imported, imported_stars = wanted.stars, imported_pulls = wanted.pulls
         from (select known.id,
                      case when owned then known.description else coalesce(row.description, known.description) end
                        as description,
                      case when owned then known.automated else coalesce(row.automated, known.automated) end
                        as automated,
                      known.imported or row.has_images and not owned as imported,
                      coalesce(row.stars, known.imported_stars) as stars,
                      coalesce(row.pulls, known.imported_pulls) as pulls
                 from unnest($1::text[], $2::boolean[], $3::text[], $4::integer[], $5::bigint[], $6::boolean[],
                             $7::boolean[]) as row(path, owned, description, stars, pulls, automated, has_images)
                 join repository as known on known.path = row.path) as wanted
        where repository.id = wanted.id and repository.state <> 'deleted'
          and (repository.description, repository.automated, repository.imported, imported_stars, imported_pulls)
              is distinct from
              (wanted.description, wanted.automated, wanted.imported, wanted.stars, wanted.pulls)
       returning repository.id`,
      [
        batch.map(({ path }) => path),
        batch.map(({ namespace }) => namespaces.get(namespace)!.owned),
        batch.map(({ description }) => description ?? null),
        batch.map(({ stars }) => stars ?? null),
        batch.map(({ pulls }) => pulls ?? null),
        batch.map(({ automated }) => automated ?? null),
        batch.map(({ hasImages }) => hasImages),
      ],
      manager,
    );
    return rows.map(({ id }) => id);
  }

  private async insert(
    manager: EntityManager,
    batch: readonly ImportRow[],
    namespaces: Map<string, { id: string }>,
  ): Promise<string[]> {
    const rows = await this.database.rows<{ id: string }>(
      `insert into repository (namespace_id, path, name, state, official, description, automated, imported,
                               imported_stars, imported_pulls)
       select namespace_id, path, name, 'active', path like 'library/%', coalesce(description, ''),
              coalesce(automated, false), has_images, coalesce(stars, 0), coalesce(pulls, 0)
         from unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::integer[], $6::bigint[], $7::boolean[],
                     $8::boolean[])
                as row(namespace_id, path, name, description, stars, pulls, automated, has_images)
       on conflict (path) do nothing
       returning id`,
      [
        batch.map(({ namespace }) => namespaces.get(namespace)!.id),
        batch.map(({ path }) => path),
        batch.map(({ name }) => name),
        batch.map(({ description }) => description ?? null),
        batch.map(({ stars }) => stars ?? null),
        batch.map(({ pulls }) => pulls ?? null),
        batch.map(({ automated }) => automated ?? null),
        batch.map(({ hasImages }) => hasImages),
      ],
      manager,
    );
    return rows.map(({ id }) => id);
  }
}
