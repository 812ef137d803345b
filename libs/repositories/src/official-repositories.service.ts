import { AuditService, type Actor } from '@central-index/audit';
import { isOfficialName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { invalidInput, notFound } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { Injectable } from '@nestjs/common';
import { ImportService, type ImportSummary } from './import/import.service';
import { readOfficialRow } from './import/import-row';
import { repositoryChanged } from './repository/repositories.facts';
import { RepositoriesService } from './repository/repositories.service';
import { queryRepository, type Repository } from './repository/repository-queries';
import { descriptionLength, isDescription } from './repository/repository-texts';

/** Top-level repositories, which administrators look after. Names are given without `library/`. */
@Injectable()
export class OfficialRepositoriesService {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
    private readonly imports: ImportService,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Adds an official repository, or a removed one again; for one that is there only the description changes, if given.
   * Search lists it once an image was pushed. Throws VALIDATION_FAILED.
   */
  async add(
    name: string,
    texts: { description?: string },
    actor: Actor,
  ): Promise<{ repository: Repository; added: boolean }> {
    if (!isOfficialName(name)) {
      throw invalidInput([{ field: 'name', message: 'is not a name that an official repository may bear' }]);
    }
    if (texts.description !== undefined && !isDescription(texts.description)) {
      const message = `must be one line of at most ${descriptionLength} characters`;
      throw invalidInput([{ field: 'description', message }]);
    }
    const path = `library/${name}`;
    return this.database.transaction(async (manager) => {
      // Read and locked first, because the statement below cannot tell what it found.
      const [before] = await this.database.rows<{ state: string }>(
        'select state from repository where path = $1 for update',
        [path],
        manager,
      );
      const [row] = await this.database.rows<{ id: string }>(
        `insert into repository (namespace_id, path, name, state, official, description)
         select id, $1, $2, 'active', true, coalesce($3, '') from namespace where name = 'library'
         on conflict (path) do update set state = case repository.state when 'hidden' then 'hidden' else 'active' end,
           description = coalesce($3, repository.description),
           registry_id = case repository.state when 'deleted' then null else repository.registry_id end,
           registry_path = case repository.state when 'deleted' then null else repository.registry_path end,
           updated_at = now()
         returning id`,
        [path, name, texts.description ?? null],
        manager,
      );
      const added = before === undefined || before.state === 'deleted';
      if (added) await manager.query('delete from manifest where repository_id = $1', [row!.id]);
      await this.audit.record(manager, {
        action: added ? 'official-repository.added' : 'official-repository.changed',
        actor,
        subjectType: 'repository',
        subject: name,
      });
      await this.jobs.emit(manager, repositoryChanged({ repositoryId: row!.id }));
      return { repository: (await queryRepository(this.database, path, manager))!.view, added };
    });
  }

  /** Removes an official repository, as an owner removes his. Throws NOT_FOUND. */
  async remove(name: string, actor: Actor): Promise<void> {
    await this.database.transaction(async (manager) => {
      const [row] = await this.database.rows<{ id: string }>(
        'select id from repository where path = $1 and official',
        [`library/${name}`],
        manager,
      );
      if (!row || !(await this.repositories.softDelete(manager, row.id)))
        throw notFound(`official repository ${name}`);
      await this.audit.record(manager, {
        action: 'official-repository.removed',
        actor,
        subjectType: 'repository',
        subject: name,
      });
    });
  }

  /**
   * Adds many from JSON lines `{name, short_description, tags_count}`. One that has tags elsewhere counts as an image,
   * so search lists it.
   */
  import(
    bytes: AsyncIterable<Uint8Array>,
    options: { actor: Actor; progress?: (rows: number) => void },
  ): Promise<ImportSummary> {
    return this.imports.run(bytes, { ...options, read: readOfficialRow });
  }
}
