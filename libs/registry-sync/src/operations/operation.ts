import type { Adoption, AdoptionOptions } from '../lifecycle/adoption.service';
import type { Move } from '../lifecycle/moves.service';
import type { SweepOptions } from '../reconcile/reconciler.service';
import type { Sweep } from '../reconcile/reconcile-result';

/** What may be asked for, by kind: `request` tells of what, `result` what came of it. */
interface Errands {
  readonly move: {
    request: { readonly repository: string; readonly registry: string; readonly deleteSource: boolean };
    result: Move;
  };
  readonly reconcile: {
    request: { readonly registry: string } & Pick<SweepOptions, 'dryRun' | 'full' | 'limit'>;
    result: Sweep;
  };
  readonly adopt: {
    request: { readonly registry: string; readonly pattern: string } & Pick<AdoptionOptions, 'visibility'>;
    result: Adoption;
  };
}

export type ErrandKind = keyof Errands;

/** Work to be done. */
export type ErrandRequest = {
  [Kind in ErrandKind]: { readonly kind: Kind; readonly request: Errands[Kind]['request'] };
}[ErrandKind];

interface Progress {
  readonly id: string;
  /** `waiting` until it has ended, also while it is done. */
  readonly state: 'waiting' | 'done' | 'failed';
  /** Why it failed. */
  readonly failure: string | null;
  readonly actor: string;
  readonly askedAt: Date;
  readonly finishedAt: Date | null;
}

/** Work that was asked for, and what has become of it. */
export type Errand = {
  [Kind in ErrandKind]: Progress & {
    readonly kind: Kind;
    readonly request: Errands[Kind]['request'];
    readonly result: Errands[Kind]['result'] | null;
  };
}[ErrandKind];
