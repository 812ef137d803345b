import { ImportService } from '@central-index/repositories';
import type { IndexUnderTest } from './index-under-test';

/** A repository exported by another index: one line of the input of `central-index import`. */
export interface ForeignRepository {
  readonly namespace: string;
  readonly name: string;
  readonly description?: string;
  readonly star_count?: number;
  readonly pull_count?: number;
  readonly is_official?: boolean;
  readonly is_automated?: boolean;
}

/** Imports repositories as `central-index import` does. They become active, as though they had images. */
export async function importRepositories(
  index: IndexUnderTest,
  repositories: readonly ForeignRepository[],
): Promise<void> {
  const lines = repositories.map((repository) => `${JSON.stringify(repository)}\n`);
  const bytes = (async function* () {
    yield Buffer.from(lines.join(''));
  })();
  await index.app.get(ImportService, { strict: false }).run(bytes, { actor: { name: ':test' } });
}
