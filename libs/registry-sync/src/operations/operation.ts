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
}

/** The kinds of operations: `move`, `reconcile` and `adopt`. */
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
