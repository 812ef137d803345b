import { AuditService, type Actor } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { DomainError, notFound } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { RegistriesService } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { AdoptionService } from '../lifecycle/adoption.service';
import type { Errand, ErrandRequest } from './operation';
import { MovesService } from '../lifecycle/moves.service';
import { ReconcilerService } from '../reconcile/reconciler.service';
import { registryNotSwept } from '../registry-sync.errors';
import { errandAsked } from '../registry-sync.facts';
import type { Sweep } from '../reconcile/reconcile-result';

type Row = ErrandRequest & {
  readonly id: string;
  readonly state: Errand['state'];
  readonly result: Errand['result'];
  readonly failure: string | null;
  readonly actor: string;
  readonly address: string | null;
  readonly askedAt: Date;
  readonly finishedAt: Date | null;
};

const columns = `id, kind, request, state, result, failure, actor, address,
                 asked_at as "askedAt", finished_at as "finishedAt"`;
const keptFor = '90 days';

/** Work on registries that takes longer than a request may: it is asked for, done by a job, and its outcome kept. */
@Injectable()
export class ErrandsService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly moves: MovesService,
    private readonly reconciler: ReconcilerService,
    private readonly adoption: AdoptionService,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
  ) {}

  /** Has work done, one after another. Throws NOT_FOUND, REPOSITORY_NOT_MOVED, REGISTRY_NOT_SWEPT. */
  async ask(errand: ErrandRequest, actor: Actor): Promise<Errand> {
    const { kind, request } = errand;
    if (kind === 'move') await this.moves.check(request.repository, request.registry);
    else if ((await this.registries.get(request.registry)).kind === 'v1')
      throw registryNotSwept(request.registry);
    return this.database.transaction(async (manager) => {
      await manager.query(`delete from errand where finished_at < now() - interval '${keptFor}'`);
      const [row] = await this.database.rows<Row>(
        `insert into errand (kind, request, actor, address) values ($1, $2, $3, $4) returning ${columns}`,
        [kind, JSON.stringify(request), actor.name, actor.address ?? null],
        manager,
      );
      await this.audit.record(manager, {
        action: 'errand.asked',
        actor,
        subjectType: 'registry',
        subject: request.registry,
        detail: { errand: row!.id, kind, ...request },
      });
      await this.jobs.state(manager, errandAsked(row!.id), { queue: 'errands' });
      return toErrand(row!);
    });
  }

  /** What has become of that work, or NOT_FOUND. */
  async get(id: string): Promise<Errand> {
    const row = await this.find(id);
    if (row === undefined) throw notFound('errand');
    return toErrand(row);
  }

  /** Work that was asked for, the latest first, older than the one with the id `before`. */
  async list(page: { before?: string; limit: number }): Promise<Errand[]> {
    const rows = await this.database.rows<Row>(
      `select ${columns} from errand where $1::bigint is null or id < $1 order by id desc limit $2`,
      [page.before ?? null, page.limit],
    );
    return rows.map(toErrand);
  }

  /**
   * Does it, unless it has ended. A failure ends it: whoever asked is told, and may ask again. What a crash interrupted
   * is begun anew, and goes on from what was done.
   */
  async run(id: string): Promise<void> {
    const errand = await this.find(id);
    if (errand === undefined || errand.state !== 'waiting') return;
    let result: Errand['result'] = null;
    let failure: string | null = null;
    try {
      result = await this.work(errand);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      failure = error.message;
    }
    await this.database.rows(
      `update errand set state = $2, result = $3, failure = $4, finished_at = now()
        where id = $1 and state = 'waiting'`,
      [id, failure === null ? 'done' : 'failed', result === null ? null : JSON.stringify(result), failure],
    );
  }

  private work(errand: Row): Promise<NonNullable<Errand['result']>> {
    const actor = { name: errand.actor, address: errand.address ?? undefined };
    switch (errand.kind) {
      case 'move': {
        const { repository, registry, deleteSource } = errand.request;
        return this.moves.move(repository, registry, actor, { deleteSource });
      }
      case 'reconcile': {
        const { registry, ...options } = errand.request;
        return this.reconciler.reconcile(registry, options);
      }
      case 'adopt': {
        const { registry, pattern, visibility } = errand.request;
        return this.adoption.adopt(registry, pattern, { visibility, actor });
      }
    }
  }

  private async find(id: string): Promise<Row | undefined> {
    const [row] = await this.database.rows<Row>(`select ${columns} from errand where id = $1`, [id]);
    return row;
  }
}

function toErrand({ address: _, ...row }: Row): Errand {
  const errand = row as Errand;
  if (errand.kind !== 'reconcile' || errand.result === null) return errand;
  const { startedAt, finishedAt } = errand.result;
  const sweep: Sweep = {
    ...errand.result,
    startedAt: new Date(startedAt),
    finishedAt: new Date(finishedAt),
  };
  return { ...errand, result: sweep };
}
