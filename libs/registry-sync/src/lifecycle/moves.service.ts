import { AuditService, type Actor } from '@central-index/audit';
import { parseRepositoryName } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { notFound } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { RegistriesService, RegistryClient, RegistryCopier, type Registry } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { ContentsReader } from '../contents/contents-reader';
import { repositoryNotMoved } from '../registry-sync.errors';
import { repositoryChanged } from '@central-index/repositories';
import { repositoryMovedAway } from '../registry-sync.facts';

interface Placed {
  readonly id: string;
  readonly version: string;
  readonly state: string;
  readonly registryId: string | null;
  readonly registryPath: string | null;
  readonly digests: readonly string[];
}

interface Plan {
  readonly placed: Placed;
  readonly name: string;
  readonly from: Registry | undefined;
  readonly to: Registry;
  readonly registryPath: string;
}

/** What a move did. */
export interface Move {
  readonly name: string;
  readonly from: string | null;
  readonly to: string;
  /** Tags at the new place. */
  readonly tags: number;
}

const maxTries = 5;

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
   * Copies a repository's images to another registry and then places it there: from then on tokens open it there and
   * nowhere else. A push that comes in meanwhile is copied too. The old images stay where they are, unreachable, or
   * are deleted by a job when `deleteSource` says so. What an interrupted move has copied is not copied again. Throws
   * NOT_FOUND, REPOSITORY_NOT_MOVED, REGISTRY_….
   */
  async move(
    path: string,
    registryName: string,
    actor: Actor,
    { deleteSource = false }: { deleteSource?: boolean } = {},
  ): Promise<Move> {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const plan = await this.plan(path, registryName);
      const { placed, from, to, registryPath } = plan;
      if (from?.id !== to.id && from !== undefined) await this.copy(from, to, registryPath, placed.digests);
      if (await this.place(plan, actor, deleteSource)) {
        const reading = await this.reader.read(to, placed.id);
        return { name: plan.name, from: from?.name ?? null, to: to.name, tags: reading?.tags ?? 0 };
      }
    }
    throw repositoryNotMoved(path, 'it changes faster than it can be copied');
  }

  /** Throws what a move would throw before it begins. */
  async check(path: string, registryName: string): Promise<void> {
    await this.plan(path, registryName);
  }

  private async plan(path: string, registryName: string): Promise<Plan> {
    const to = await this.registries.get(registryName);
    const name = parseRepositoryName(path);
    const placed = name && (await this.find(name.path));
    if (name === undefined || placed === undefined) throw notFound(`repository ${name?.full ?? ''}`.trim());
    const from = placed.registryId === null ? undefined : await this.registries.findById(placed.registryId);
    if (from?.kind === 'v1' || to.kind === 'v1') throw repositoryNotMoved(name.full, 'v1 has no manifests');
    const registryPath = placed.registryPath ?? name.full;
    const left = repositoryMovedAway({ repositoryId: placed.id, registryId: to.id, registryPath });
    if (await this.jobs.isPending(this.database.manager, left)) {
      throw repositoryNotMoved(
        name.full,
        `what it left on ${to.name} is still being deleted: try again later`,
      );
    }
    return { placed, name: name.full, from, to, registryPath };
  }

  private async find(path: string): Promise<Placed | undefined> {
    const [row] = await this.database.rows<Placed>(
      `select id, version, state, registry_id as "registryId", registry_path as "registryPath",
              array(select digest from manifest where repository_id = repository.id) as digests
         from repository where path = $1 and state <> 'deleted'`,
      [path],
    );
    return row;
  }

  private async copy(from: Registry, to: Registry, path: string, digests: readonly string[]): Promise<void> {
    const source = { registry: from, path };
    const target = { registry: to, path };
    for (const tag of await this.client.tags(from, path)) await this.copier.copy(source, target, tag);
    for (const digest of digests) {
      if ((await this.client.manifest(to, path, digest)) === undefined) {
        await this.copier.copy(source, target, digest);
      }
    }
  }

  // False when the repository was changed while it was copied.
  private async place(
    { placed, name, from, to, registryPath }: Plan,
    actor: Actor,
    deleteSource: boolean,
  ): Promise<boolean> {
    return this.database.transaction(async (manager) => {
      const moved = await this.database.rows(
        `update repository set registry_id = $3, registry_path = $4,
                state = case state when 'hidden' then 'active' else state end
          where id = $1 and version = $2 returning id`,
        [placed.id, placed.version, to.id, registryPath],
        manager,
      );
      if (moved.length === 0) return false;
      // What an orphan still lists lay elsewhere.
      if (from === undefined)
        await manager.query('delete from manifest where repository_id = $1', [placed.id]);
      await manager.query('delete from missing_tag where repository_id = $1', [placed.id]);
      await this.audit.record(manager, {
        action: 'repository.moved',
        actor,
        subjectType: 'repository',
        subject: name,
        detail: { from: from?.name ?? null, to: to.name, deleteSource },
      });
      await this.jobs.emit(manager, repositoryChanged({ repositoryId: placed.id }));
      if (deleteSource && from !== undefined && from.id !== to.id) {
        await this.jobs.emit(
          manager,
          repositoryMovedAway({ repositoryId: placed.id, registryId: from.id, registryPath }),
        );
      }
      return true;
    });
  }
}
