import { AuditService, type Actor } from '@central-index/audit';
import { Database } from '@central-index/platform/database';
import { DomainError, notFound } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { RegistriesService } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { AdoptionService } from '../lifecycle/adoption.service';
import type { Operation, OperationRequest } from './operation';
import { MovesService } from '../lifecycle/moves.service';
import { ReconcilerService } from '../reconcile/reconciler.service';
import { reconcileUnsupported } from '../registry-sync.errors';
import { operationRequested } from '../registry-sync.facts';
import type { ReconcileResult } from '../reconcile/reconcile-result';

type Row = OperationRequest & {
  readonly id: string;
  readonly state: Operation['state'];
  readonly result: Operation['result'];
  readonly error: string | null;
  readonly requestedBy: string;
  readonly address: string | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
};

const columns = `id, kind, request, state, result, error, requested_by as "requestedBy", address,
                 created_at as "createdAt", finished_at as "finishedAt"`;
const retentionDays = '90 days';

/** Work on registries that takes longer than a request may: it is asked for, done by a job, and its outcome kept. */
@Injectable()
export class OperationsService {
  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly moves: MovesService,
    private readonly reconciler: ReconcilerService,
    private readonly adoption: AdoptionService,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
  ) {}

  /** Has work done, one after another. Throws NOT_FOUND, REPOSITORY_NOT_MOVED, RECONCILE_UNSUPPORTED. */
  async request(operation: OperationRequest, actor: Actor): Promise<Operation> {
    const { kind, request } = operation;
    if (kind === 'move') await this.moves.check(request.repository, request.registry);
    else if ((await this.registries.get(request.registry)).kind === 'v1')
      throw reconcileUnsupported(request.registry);
    return this.database.transaction(async (manager) => {
      await manager.query(`delete from operation where finished_at < now() - interval '${retentionDays}'`);
      const [row] = await this.database.rows<Row>(
        `insert into operation (kind, request, requested_by, address) values ($1, $2, $3, $4) returning ${columns}`,
        [kind, JSON.stringify(request), actor.name, actor.address ?? null],
        manager,
      );
      await this.audit.record(manager, {
        action: 'operation.requested',
        actor,
        subjectType: 'registry',
        subject: request.registry,
        detail: { operation: row!.id, kind, ...request },
      });
      await this.jobs.emit(manager, operationRequested({ operationId: row!.id }), { queue: 'operations' });
      return toOperation(row!);
    });
  }

  /** What has become of that work, or NOT_FOUND. */
  async get(id: string): Promise<Operation> {
    const row = await this.find(id);
    if (row === undefined) throw notFound('operation');
    return toOperation(row);
  }

  /** Work that was asked for, the latest first, older than the one with the id `before`. */
  async list(page: { before?: string; limit: number }): Promise<Operation[]> {
    const rows = await this.database.rows<Row>(
      `select ${columns} from operation where $1::bigint is null or id < $1 order by id desc limit $2`,
      [page.before ?? null, page.limit],
    );
    return rows.map(toOperation);
  }

  /**
   * Does it, unless it has ended. A failure ends it: whoever asked is told, and may ask again. What a crash interrupted
   * is begun anew, and goes on from what was done.
   */
  async run(id: string): Promise<void> {
    const [operation] = await this.database.rows<Row>(
      `update operation set state = 'running' where id = $1 and state in ('pending', 'running') returning ${columns}`,
      [id],
    );
    if (operation === undefined) return;
    let result: Operation['result'] = null;
    let failed: string | null = null;
    try {
      result = await this.perform(operation);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      failed = error.message;
    }
    await this.database.rows(
      `update operation set state = $2, result = $3, error = $4, finished_at = now()
        where id = $1 and state = 'running'`,
      [id, failed === null ? 'succeeded' : 'failed', result === null ? null : JSON.stringify(result), failed],
    );
  }

  private perform(operation: Row): Promise<NonNullable<Operation['result']>> {
    const actor = { name: operation.requestedBy, address: operation.address ?? undefined };
    switch (operation.kind) {
      case 'move': {
        const { repository, registry, deleteSource } = operation.request;
        return this.moves.move(repository, registry, actor, { deleteSource });
      }
      case 'reconcile': {
        const { registry, ...options } = operation.request;
        return this.reconciler.reconcile(registry, options);
      }
      case 'adopt': {
        const { registry, pattern, visibility } = operation.request;
        return this.adoption.adopt(registry, pattern, { visibility, actor });
      }
    }
  }

  private async find(id: string): Promise<Row | undefined> {
    const [row] = await this.database.rows<Row>(`select ${columns} from operation where id = $1`, [id]);
    return row;
  }
}

function toOperation({ address: _, ...row }: Row): Operation {
  const operation = row as Operation;
  if (operation.kind !== 'reconcile' || operation.result === null) return operation;
  const { startedAt, finishedAt } = operation.result;
  const reconcile: ReconcileResult = {
    ...operation.result,
    startedAt: new Date(startedAt),
    finishedAt: new Date(finishedAt),
  };
  return { ...operation, result: reconcile };
}
