import type { Operation } from '@central-index/registry-sync';
import { z } from 'zod';
import { listOf, pageSchema } from '../api/page.dto';
import { reconcileSchema, toReconcile } from './reconciles.dto';

const progress = {
  id: z.string(),
  state: z.enum(['pending', 'running', 'succeeded', 'failed']),
  error: z.string().nullable(),
  requested_by: z.string(),
  created_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
};

/** What is to be moved where. */
export const moveRequestSchema = z
  .strictObject({
    registry: z.string().max(255),
    delete_source: z.boolean().default(false).describe('delete the old images afterwards'),
  })
  .meta({ id: 'MoveRequest' });

/** How a registry is to be read. */
export const reconcileRequestSchema = z
  .strictObject({
    dry_run: z.boolean().default(false).describe('tell what would be done, change nothing'),
    full: z.boolean().default(false).describe('ask for the digest of every tag'),
    limit: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('how many repositories may lose tags, from somebody who knows why'),
  })
  .optional()
  .meta({ id: 'ReconcileRequest' });

/** What is to be taken in from a registry that was full before it met the index. */
export const adoptRequestSchema = z
  .strictObject({
    pattern: z.string().min(1).max(255).describe('such as `alice/*`; `*` stays inside one component'),
    visibility: z.enum(['public', 'private']).default('private'),
  })
  .meta({ id: 'AdoptRequest' });

/** Long work that was asked for, by its kind. */
export const operationSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('move'),
      ...progress,
      request: z.strictObject({ repository: z.string(), registry: z.string(), delete_source: z.boolean() }),
      result: z
        .strictObject({ name: z.string(), from: z.string().nullable(), to: z.string(), tags: z.int() })
        .nullable(),
    }),
    z.strictObject({
      kind: z.literal('reconcile'),
      ...progress,
      request: z.strictObject({
        registry: z.string(),
        dry_run: z.boolean(),
        full: z.boolean(),
        limit: z.int().nullable(),
      }),
      result: reconcileSchema.nullable(),
    }),
    z.strictObject({
      kind: z.literal('adopt'),
      ...progress,
      request: z.strictObject({ registry: z.string(), pattern: z.string(), visibility: z.string() }),
      result: z
        .strictObject({
          adopted: z.array(z.strictObject({ name: z.string(), tags: z.int() })),
          skipped: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
        })
        .nullable(),
    }),
  ])
  .meta({ id: 'Operation' });
export type OperationDto = z.infer<typeof operationSchema>;

export const operationsSchema = listOf(operationSchema).meta({ id: 'Operations' });
export const operationsPageSchema = pageSchema('operations', 'id');
export const operationPathSchema = z.strictObject({ id: z.string().regex(/^[1-9]\d{0,17}$/) });

/** Where to look for what became of it. */
export const locationOf = ({ id }: Operation): string => `/api/v1/admin/operations/${id}`;

/** Writes long work as the API shows it. */
export function toOperation(operation: Operation): OperationDto {
  const rest = {
    id: operation.id,
    state: operation.state,
    error: operation.error,
    requested_by: operation.requestedBy,
    created_at: operation.createdAt.toISOString(),
    finished_at: operation.finishedAt?.toISOString() ?? null,
  };
  switch (operation.kind) {
    case 'move': {
      const { repository, registry, deleteSource } = operation.request;
      const request = { repository, registry, delete_source: deleteSource };
      return { kind: 'move', ...rest, request, result: operation.result };
    }
    case 'reconcile': {
      const { registry, dryRun = false, full = false, limit = null } = operation.request;
      const request = { registry, dry_run: dryRun, full, limit };
      return {
        kind: 'reconcile',
        ...rest,
        request,
        result: operation.result && toReconcile(operation.result),
      };
    }
    case 'adopt': {
      const { registry, pattern, visibility } = operation.request;
      const result = operation.result && {
        adopted: operation.result.adopted.map(({ name, tags }) => ({ name, tags })),
        skipped: operation.result.skipped.map(({ name, reason }) => ({ name, reason })),
      };
      return { kind: 'adopt', ...rest, request: { registry, pattern, visibility }, result };
    }
  }
}
