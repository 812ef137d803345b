import type { Adoption, AdoptionOptions } from '../lifecycle/adoption.service';
import type { Move } from '../lifecycle/moves.service';
import type { ReconcileOptions } from '../reconcile/reconcile-options';
import type { ReconcileResult } from '../reconcile/reconcile-result';

/** Request and result of each kind of operation. */
interface Operations {
  readonly move: {
    request: { readonly repository: string; readonly registry: string; readonly deleteSource: boolean };
    result: Move;
  };
  readonly reconcile: {
    request: { readonly registry: string } & Pick<ReconcileOptions, 'dryRun' | 'full' | 'limit'>;
    result: ReconcileResult;
  };
  readonly adopt: {
    request: { readonly registry: string; readonly pattern: string } & Pick<AdoptionOptions, 'visibility'>;
    result: Adoption;
  };
  readonly 'search-rebuild': { request: object; result: SearchRebuild };
  readonly 'search-check': { request: { readonly repair: boolean }; result: SearchCheckResult };
}

/** The result of a rebuild of the search index: numbers of documents. */
export interface SearchRebuild {
  readonly written: number;
  readonly removed: number;
  /** Documents in the new index of the replica; null without a replica. */
  readonly copied: number | null;
}

/** The result of a check of the search index: how much of it differs from what it is derived from. */
export interface SearchCheckResult {
  readonly documents: number;
  readonly postings: number;
  readonly spellings: number;
  /** Documents of the replica; null without a replica. */
  readonly replica: number | null;
  readonly repaired: boolean;
}

/** Runs the operations on the search index, of which this library knows nothing else. The worker plugs it in. */
export interface SearchOperations {
  readonly rebuild: () => Promise<SearchRebuild>;
  readonly check: (repair: boolean) => Promise<SearchCheckResult>;
}

/** The kinds of operations, such as `move`. */
export type OperationKind = keyof Operations;

/** An operation to be run. */
export type OperationRequest = {
  [Kind in OperationKind]: { readonly kind: Kind; readonly request: Operations[Kind]['request'] };
}[OperationKind];

interface OperationProgress {
  readonly id: string;
  readonly state: 'pending' | 'running' | 'succeeded' | 'failed';
  /** Why it failed; null otherwise. */
  readonly error: string | null;
  /** Account name. */
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** A requested operation. `result` is null unless it succeeded. */
export type Operation = {
  [Kind in OperationKind]: OperationProgress & {
    readonly kind: Kind;
    readonly request: Operations[Kind]['request'];
    readonly result: Operations[Kind]['result'] | null;
  };
}[OperationKind];
