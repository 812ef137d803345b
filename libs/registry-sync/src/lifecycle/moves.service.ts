import { AuditService, type Actor } from '@central-index/audit';
import { foldCase, parseRepositoryName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { RegistriesService, RegistryClient, RegistryCopier, type Registry } from '@central-index/registries';
import { repositoryChanged } from '@central-index/repositories';
import { Injectable } from '@nestjs/common';
import { ContentsReader } from '../contents/contents-reader';
import { deleteAllManifests } from '../contents/contents.queries';
import { repositoryNotMoved } from '../registry-sync.errors';
import { repositoryMovedAway } from '../registry-sync.facts';
import { formatObstacle } from './format-obstacle';
import { deleteAllMissingTags, movePlacement, selectMovable, type MovableRepository } from './moves.queries';

interface MovePlan {
  readonly repository: MovableRepository;
  readonly name: string;
  /** Undefined for an orphaned repository, of which there is nothing to copy. */
  readonly from: Registry | undefined;
  readonly to: Registry;
  readonly registryPath: string;
}

/** The result of a move. */
export interface Move {
  readonly name: string;
  /** The former registry; null for an orphaned repository. */
  readonly from: string | null;
  readonly to: string;
  /** How many tags the repository has on its new registry. */
  readonly tags: number;
}

const maxAttempts = 5;

/** Moves repositories between registries. */
@Injectable()
export class MovesService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly client: RegistryClient,
    private readonly copier: RegistryCopier,
    private readonly reader: ContentsReader,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
  ) {}

  /**
   * Copies a repository's images to another registry and then changes its placement: from then on, tokens are issued for
   * the new registry only. A push that arrives meanwhile is copied too. The old images stay where they are, unreachable,
   * or are deleted by a job if `deleteSource` is set. A repeated move does not copy again what an interrupted one copied.
   * Throws NOT_FOUND, REPOSITORY_NOT_MOVED, REGISTRY_….
   */
  async move(
    path: string,
    registryName: string,
    actor: Actor,
    { deleteSource = false }: { deleteSource?: boolean } = {},
  ): Promise<Move> {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const plan = await this.plan(path, registryName);
      const { repository, from, to } = plan;
      if (from !== undefined && from.id !== to.id) {
        await this.copy({ ...plan, from }, repository.digests);
      }
      if (await this.changePlacement(plan, actor, deleteSource)) {
        const scan = await this.reader.read(to, repository.id);
        return { name: plan.name, from: from?.name ?? null, to: to.name, tags: scan?.tags ?? 0 };
      }
    }
    throw repositoryNotMoved(path, 'it changes faster than it can be copied');
  }

  /** Throws the errors that `move` throws before it copies anything. */
  async check(path: string, registryName: string): Promise<void> {
    await this.plan(path, registryName);
  }

  private async plan(path: string, registryName: string): Promise<MovePlan> {
    const to = await this.registries.get(registryName);
    const name = parseRepositoryName(foldCase(path));
    const repository = name && (await this.database.queryOne(selectMovable, [name.path]));
    if (name === undefined || repository === undefined) throw notFound('repository', name?.full ?? path);
    const { id, registryId } = repository;
    const from = registryId === null ? undefined : await this.registries.findById(registryId);
    const obstacle = formatObstacle(name, from, to);
    if (obstacle !== undefined) throw repositoryNotMoved(name.full, obstacle);
    // A v1 registry knows no other path than that with two components.
    const registryPath = to.kind === 'v1' ? name.path : (repository.registryPath ?? name.full);
    const deletion = repositoryMovedAway({ repositoryId: id, registryId: to.id, registryPath });
    if (await this.jobs.isPending(this.database.manager, deletion)) {
      const reason = `its former images on ${to.name} are still being deleted: try again later`;
      throw repositoryNotMoved(name.full, reason);
    }
    return { repository, name: name.full, from, to, registryPath };
  }

  // What cannot be copied does not stop the rest: the error names all of it.
  private async copy(
    { from, to, name, registryPath: path }: MovePlan & { readonly from: Registry },
    digests: readonly string[],
  ): Promise<void> {
    const source = { registry: from, path };
    const target = { registry: to, path };
    const problems = new Map<string, Set<string>>();
    const copy = async (reference: string): Promise<void> => {
      const outcome = await this.copier.copy(source, target, reference);
      for (const { digest, reason } of outcome.problems) {
        const key = `${digest}: ${reason}`;
        problems.set(key, (problems.get(key) ?? new Set()).add(reference));
      }
    };
    for (const tag of await this.client.tags(from, path)) await copy(tag);
    for (const digest of digests) {
      if ((await this.client.manifest(to, path, digest)) === undefined) await copy(digest);
    }
    if (problems.size > 0) throw repositoryNotMoved(name, describeProblems(from, path, problems));
  }

  // Returns false when the repository changed while it was copied.
  private async changePlacement(
    { repository: { id, version }, name, from, to, registryPath }: MovePlan,
    actor: Actor,
    deleteSource: boolean,
  ): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const moved = await this.database.execute(movePlacement, [id, version, to.id, registryPath], manager);
      if (moved === 0) return false;
      // The manifests of an orphaned repository were stored on the registry that was removed.
      if (from === undefined) await this.database.execute(deleteAllManifests, [id], manager);
      await this.database.execute(deleteAllMissingTags, [id], manager);
      await this.audit.record(manager, {
        action: 'repository.moved',
        actor,
        subjectType: 'repository',
        subject: name,
        detail: { from: from?.name ?? null, to: to.name, deleteSource },
      });
      await this.jobs.emit(manager, repositoryChanged({ repositoryId: id }));
      if (deleteSource && from !== undefined && from.id !== to.id) {
        const fact = repositoryMovedAway({ repositoryId: id, registryId: from.id, registryPath });
        await this.jobs.emit(manager, fact);
      }
      return true;
    });
  }
}

const maxProblems = 10;
const maxPlaces = 5;

/** Names the digest and the places of each problem: tags, or digests of images without a tag. */
function describeProblems(
  from: Registry,
  path: string,
  problems: ReadonlyMap<string, ReadonlySet<string>>,
): string {
  const lines = [...problems].slice(0, maxProblems).map(([problem, references]) => {
    const places = [...references].slice(0, maxPlaces).map((reference) => {
      return reference.includes(':') ? `${path}@${reference}` : `${path}:${reference}`;
    });
    const more = references.size - places.length;
    return `${problem} (${places.join(', ')}${more > 0 ? ` and ${more} more` : ''})`;
  });
  const more = problems.size - lines.length;
  return `of ${from.name} cannot be copied: ${lines.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
