import { it } from '@jest/globals';
import { describeUnless } from '../../support/jest';
import { requireReal } from './environment';
import type { Program } from './programs';

/**
 * `describe` for tests with real programs. Where one is missing the suite is skipped, with the missing programs as the
 * reason; with REQUIRE_REAL=1 it fails instead.
 */
export function describeWithReal(title: string, programs: readonly Program[], suite: () => void): void {
  const missing = programs.flatMap((program) => program.why ?? []).join('; ');
  if (missing !== '' && requireReal) {
    it(title, () => {
      throw new Error(`REQUIRE_REAL=1, but ${missing}`);
    });
  } else {
    describeUnless(missing, title, suite);
  }
}
