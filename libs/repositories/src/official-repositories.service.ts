import { AuditService, type Actor } from '@central-index/audit';
import { foldCase, isOfficialName, officialNameRule } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { invalidInput, notFound } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ManifestEntity } from './images/manifest.entity';
import { readOfficialRow } from './import/import-row';
import { ImportService, type ImportOptions, type ImportSummary } from './import/import.service';
import {
  selectOfficialRepositories,
  upsertOfficialRepository,
  type OfficialRow,
} from './official-repositories.queries';
import { repositoryChanged } from './repository/repositories.facts';
import { RepositoriesService } from './repository/repositories.service';
import type { Repository } from './repository/repository';
import { RepositoryReader } from './repository/repository-reader';
import { descriptionRule, isDescription } from './repository/repository-texts';
import { RepositoryEntity } from './repository/repository.entity';

/** Top-level repositories, which administrators manage. Names are given without `library/`, in any case of letters. */
@Injectable()
export class OfficialRepositoriesService {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
    private readonly reader: RepositoryReader,
    private readonly imports: ImportService,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Adds an official repository, or one that was removed again. If it exists, only the description changes, if given.
   * Search lists it once an image was pushed. Throws VALIDATION_FAILED.
   */
  async add(
    typed: string,
    texts: { description?: string },
    actor: Actor,
  ): Promise<{ repository: Repository; added: boolean }> {
    const name = foldCase(typed);
    validate(name, texts.description);
    const path = `library/${name}`;
    return this.database.transaction(async (manager) => {
      // Read and locked first, because the upsert does not return the previous state.
      const before = await manager.findOne(RepositoryEntity, {
        select: { id: true, state: true },
        where: { path },
        lock: { mode: 'pessimistic_write' },
      });
      const values = [path, name, texts.description ?? null];
      const { id } = (await this.database.queryOne(upsertOfficialRepository, values, manager))!;
      const added = before === null || before.state === 'deleted';
      if (added) await manager.delete(ManifestEntity, { repositoryId: id });
      await this.record(manager, added ? 'added' : 'changed', name, actor);
      await this.jobs.emit(manager, repositoryChanged({ repositoryId: id }));
      return { repository: (await this.reader.find(path, manager))!.view, added };
    });
  }

  /** Lists official repositories by name, after the name `after`, at most `limit`. */
  list(page: { readonly after?: string; readonly limit: number }): Promise<OfficialRow[]> {
    return this.database.query(selectOfficialRepositories, [page.after ?? '', page.limit]);
  }

  /** Removes an official repository, as an owner deletes a repository. Throws NOT_FOUND. */
  async remove(typed: string, actor: Actor): Promise<void> {
    const name = foldCase(typed);
    await this.database.transaction(async (manager) => {
      const repository = await manager.findOne(RepositoryEntity, {
        select: { id: true },
        where: { path: `library/${name}`, official: true },
      });
      const removed = repository !== null && (await this.repositories.softDelete(manager, repository.id));
      if (!removed) throw notFound('official repository', name);
      await this.record(manager, 'removed', name, actor);
    });
  }

  /**
   * Adds many from JSON lines `{name, short_description, tags_count}`. If it has tags there, it counts as a repository
   * with images, so that search lists it.
   */
  import(bytes: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<ImportSummary> {
    return this.imports.run(bytes, { ...options, read: readOfficialRow });
  }

  private record(
    manager: EntityManager,
    verb: 'added' | 'changed' | 'removed',
    name: string,
    actor: Actor,
  ): Promise<void> {
    return this.audit.record(manager, {
      action: `official-repository.${verb}`,
      actor,
      subjectType: 'repository',
      subject: name,
    });
  }
}

function validate(name: string, description: string | undefined): void {
  if (!isOfficialName(name)) {
    throw invalidInput([{ field: 'name', message: officialNameRule }]);
  }
  if (description !== undefined && !isDescription(description)) {
    throw invalidInput([{ field: 'description', message: descriptionRule }]);
  }
}
