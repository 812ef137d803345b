import { toReconcileJson, type Operation } from '@central-index/registry-sync';
import { z } from 'zod';
import { optionalBody } from '../api/openapi/schemas';
import { listOf, pageSchema } from '../api/page.dto';
import { idText } from '../api/query-values';
import { reconcileSchema } from './reconciles.dto';

const progress = {
  id: z.string(),
  state: z.enum(['pending', 'running', 'succeeded', 'failed']),
  error: z.string().nullable(),
  requested_by: z.string(),
  created_at: z.iso.datetime(),
  finished_at: z.iso.datetime().nullable(),
};

/** A request to move a repository. */
export const moveRequestSchema = z
  .strictObject({
    registry: z.string().max(255),
    delete_source: z.boolean().default(false).describe('delete the images at the source registry afterwards'),
  })
  .meta({ id: 'MoveRequest' });

/** A request to reconcile a registry. */
export const reconcileRequestSchema = z
  .strictObject({
    dry_run: z.boolean().default(false).describe('report what would change, without changing anything'),
    full: z
      .boolean()
      .default(false)
      .describe('read the digest of every tag, not only of those that may have moved'),
    limit: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('maximum number of repositories that may lose tags, in place of the default limit'),
  })
  .optional()
  .meta({ id: 'ReconcileRequest', ...optionalBody });

/** A request to adopt repositories that a registry stores and the index does not know. */
export const adoptRequestSchema = z
  .strictObject({
    pattern: z.string().min(1).max(255).describe('for example `alice/*`; `*` matches within one component'),
    visibility: z.enum(['public', 'private']).default('private'),
  })
  .meta({ id: 'AdoptRequest' });

/** An operation. `request` and `result` depend on its kind; `result` is null until it has succeeded. */
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
    z.strictObject({
      kind: z.literal('search-rebuild'),
      ...progress,
      request: z.strictObject({}),
      result: z.strictObject({ written: z.int(), removed: z.int(), copied: z.int().nullable() }).nullable(),
    }),
    z.strictObject({
      kind: z.literal('search-check'),
      ...progress,
      request: z.strictObject({ repair: z.boolean() }),
      result: z
        .strictObject({
          documents: z.int().describe('search documents that differ from their repositories'),
          postings: z.int(),
          spellings: z.int(),
          replica: z.int().nullable().describe('documents that differ in Meilisearch; null without it'),
          repaired: z.boolean(),
        })
        .nullable(),
    }),
  ])
  .meta({ id: 'Operation' });
/** An operation as the API returns it. */
export type OperationDto = z.infer<typeof operationSchema>;

/** A page of operations. */
export const operationsSchema = listOf(operationSchema).meta({ id: 'Operations' });
/** The query of a page of operations. */
export const operationsPageSchema = pageSchema('operations', 'id');
/** The id of an operation in a path. */
export const operationPathSchema = z.strictObject({ id: idText });

/** The path at which an operation can be read, for `Location`. */
export const locationOf = ({ id }: Operation): string => `/api/v1/admin/operations/${id}`;

/** Converts an operation to the format of the API. */
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
        result: operation.result && toReconcileJson(operation.result),
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
    case 'search-rebuild':
      return { kind: 'search-rebuild', ...rest, request: {}, result: operation.result };
    case 'search-check': {
      const { repair } = operation.request;
      return { kind: 'search-check', ...rest, request: { repair }, result: operation.result };
    }
  }
}
