import { AuditService, type Actor } from '@central-index/audit';
import { Database, toStorableJson } from '@central-index/platform/database';
import { DomainError, notFound } from '@central-index/platform/errors';
import { Jobs } from '@central-index/platform/jobs';
import { RegistriesService } from '@central-index/registries';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { LessThan, type Repository } from 'typeorm';
import { AdoptionService } from '../lifecycle/adoption.service';
import { MovesService } from '../lifecycle/moves.service';
import { ReconcilerService } from '../reconcile/reconciler.service';
import { operationRequested } from '../registry-sync.facts';
import type { Operation, OperationRequest, SearchOperations } from './operation';
import { OperationEntity } from './operation.entity';
import {
  deleteExpiredOperations,
  finishOperation,
  insertOperation,
  selectUnfinishedOperations,
  startOperation,
  type OperationRow,
} from './operations.queries';

/** Long-running operations: requested over the API or by a page, run by a job, and stored with their results. */
@Injectable()
export class OperationsService {
  private search: SearchOperations | undefined;

  constructor(
    private readonly database: Database,
    private readonly registries: RegistriesService,
    private readonly moves: MovesService,
    private readonly reconciler: ReconcilerService,
    private readonly adoption: AdoptionService,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
    @InjectRepository(OperationEntity) private readonly operations: Repository<OperationEntity>,
  ) {}

  /** Sets what runs the operations on the search index, in processes that run operations. */
  useSearch(search: SearchOperations): void {
    this.search = search;
  }

  /** Deletes operations that ended more than 90 days ago, and returns how many. */
  purgeExpired(): Promise<number> {
    return this.database.execute(deleteExpiredOperations);
  }

  /**
   * Requests an operation; one runs at a time. Throws NOT_FOUND, REPOSITORY_NOT_MOVED.
   */
  async request(operation: OperationRequest, actor: Actor): Promise<Operation> {
    await this.check(operation);
    const { kind, request } = operation;
    return this.database.transaction(async (manager) => {
      const values = [kind, toStorableJson(request), actor.name, actor.address ?? null];
      const row = (await this.database.queryOne(insertOperation, values, manager))!;
      await this.audit.record(manager, {
        action: 'operation.requested',
        actor,
        subjectType: 'registry' in request ? 'registry' : 'search',
        subject: 'registry' in request ? request.registry : 'search',
        detail: { operation: row.id, kind, ...request },
      });
      await this.jobs.emit(manager, operationRequested({ operationId: row.id }), { queue: 'operations' });
      return toOperation(row);
    });
  }

  /** The operation with that id. Throws NOT_FOUND. */
  async get(id: string): Promise<Operation> {
    const row = await this.operations.findOneBy({ id });
    if (row === null) throw notFound('operation', id);
    return toOperation(row);
  }

  /** Operations that wait or run, the oldest first. */
  async unfinished(limit: number): Promise<Operation[]> {
    return (await this.database.query(selectUnfinishedOperations, [limit])).map(toOperation);
  }

  /** Operations, the latest first, before the one with the id `before`. */
  async list({ before, limit }: { before?: string; limit: number }): Promise<Operation[]> {
    const rows = await this.operations.find({
      where: { ...(before !== undefined && { id: LessThan(before) }) },
      order: { id: 'DESC' },
      take: limit,
    });
    return rows.map(toOperation);
  }

  /**
   * Runs an operation, unless it has ended. A failure ends it, with the reason as its error; it is not retried, but may be
   * requested again. An operation that a crash interrupted is run again, and continues from what was done.
   */
  async run(id: string): Promise<void> {
    const row = await this.database.queryOne(startOperation, [id]);
    if (row === undefined) return;
    let result: Operation['result'] = null;
    let errorMessage: string | null = null;
    try {
      result = await this.perform(row);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      errorMessage = error.message;
    }
    const state = errorMessage === null ? 'succeeded' : 'failed';
    const resultJson = result === null ? null : toStorableJson(result);
    await this.database.execute(finishOperation, [id, state, resultJson, errorMessage]);
  }

  private async check({ kind, request }: OperationRequest): Promise<void> {
    if (kind === 'move') await this.moves.check(request.repository, request.registry);
    else if ('registry' in request) await this.registries.get(request.registry);
  }

  private perform(row: OperationRow): Promise<NonNullable<Operation['result']>> {
    const actor = { name: row.requestedBy, address: row.address ?? undefined };
    const operation = row as OperationRequest;
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
      case 'search-rebuild':
        return this.searchOperations().rebuild();
      case 'search-check':
        return this.searchOperations().check(operation.request.repair);
    }
  }

  private searchOperations(): SearchOperations {
    if (this.search === undefined) throw new Error('this process runs no operations on the search index');
    return this.search;
  }
}

// Dates in the stored JSON of a result are text.
function toOperation({ address: _, ...row }: OperationRow): Operation {
  const operation = row as Operation;
  if (operation.kind !== 'reconcile' || operation.result === null) return operation;
  const { startedAt, finishedAt } = operation.result;
  const result = {
    ...operation.result,
    startedAt: new Date(startedAt),
    finishedAt: new Date(finishedAt),
  };
  return { ...operation, result };
}
