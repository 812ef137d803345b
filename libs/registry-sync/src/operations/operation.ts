import type { Adoption, AdoptionOptions } from '../lifecycle/adoption.service';
import type { Move } from '../lifecycle/moves.service';
import type { ReconcileOptions } from '../reconcile/reconciler.service';
import type { ReconcileResult } from '../reconcile/reconcile-result';

/** What may be asked for, by kind: `request` tells of what, `result` what came of it. */
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

export type OperationKind = keyof Operations;

/** Work to be done. */
export type OperationRequest = {
  [Kind in OperationKind]: { readonly kind: Kind; readonly request: Operations[Kind]['request'] };
}[OperationKind];

interface Progress {
  readonly id: string;
  /** `waiting` until it has ended, also while it is done. */
  readonly state: 'pending' | 'running' | 'succeeded' | 'failed';
  /** Why it failed. */
  readonly error: string | null;
  readonly requestedBy: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** Work that was asked for, and what has become of it. */
export type Operation = {
  [Kind in OperationKind]: Progress & {
    readonly kind: Kind;
    readonly request: Operations[Kind]['request'];
    readonly result: Operations[Kind]['result'] | null;
  };
}[OperationKind];
