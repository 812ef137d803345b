import { it } from '@jest/globals';
import { describeUnless } from '../../support/jest';
import { requireReal } from './environment';
import type { Program } from './programs';

/**
 * `describe` for tests with real programs. Where one is missing the suite is skipped, with the missing programs as the
 * reason; with REQUIRE_REAL=1 it fails instead, unless only programs are missing that a variable would name.
 */
export function describeWithReal(title: string, programs: readonly Program[], suite: () => void): void {
  const absent = programs.flatMap((program) => (program.path === undefined ? [program] : []));
  const missing = absent.map(({ why }) => why).join('; ');
  if (requireReal && absent.some(({ named }) => named === undefined)) {
    it(title, () => {
      throw new Error(`REQUIRE_REAL=1, but ${missing}`);
    });
  } else {
    describeUnless(missing, title, suite);
  }
}
