import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import { RepositoriesService } from '@central-index/repositories';
import { setTimeout as pause } from 'node:timers/promises';

/** Repositories whose search documents are not as the repositories are. */
export interface DocumentDifference {
  readonly missing: readonly string[];
  readonly stale: readonly string[];
  /** Documents of repositories that must not be found. */
  readonly stray: readonly string[];
}

type Wrong = keyof DocumentDifference;

const batchSize = 2_000;

// The job that follows a change needs a moment: what still differs after these looks is not about to be mended.
const looks = 4;
const betweenLooks = 500;

/** Compares the search documents with the repositories, both ways and by version. */
@Injectable()
export class DocumentCheck {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
  ) {}

  async run(): Promise<DocumentDifference> {
    let wrong = await this.suspects();
    for (let look = 1; look < looks && wrong.size > 0; look++) {
      await pause(betweenLooks);
      wrong = await this.lookAgain([...wrong.keys()]);
    }
    const of = (kind: Wrong): string[] => [...wrong].filter(([, is]) => is === kind).map(([id]) => id);
    return { missing: of('missing'), stale: of('stale'), stray: of('stray') };
  }

  private async suspects(): Promise<Map<string, Wrong>> {
    const wrong = new Map<string, Wrong>();
    for (let after: string | undefined = '0'; after !== undefined;) {
      const truth = await this.repositories.searchableAfter(after, batchSize);
      const to: string | undefined = truth.length < batchSize ? undefined : truth.at(-1)!.id;
      const held = await this.database.rows<{ id: string; version: number }>(
        `select repository_id as id, version::float8 as version from search_document
         where repository_id > $1 and ($2::bigint is null or repository_id <= $2::bigint)`,
        [after, to ?? null],
      );
      note(wrong, new Map(truth.map(({ id, version }) => [id, version])), held);
      after = to;
    }
    return wrong;
  }

  private async lookAgain(ids: readonly string[]): Promise<Map<string, Wrong>> {
    const wrong = new Map<string, Wrong>();
    for (let start = 0; start < ids.length; start += batchSize) {
      const some = ids.slice(start, start + batchSize);
      const truth = await this.repositories.searchable(some);
      const held = await this.database.rows<{ id: string; version: number }>(
        `select repository_id as id, version::float8 as version from search_document
         where repository_id = any($1::bigint[])`,
        [some],
      );
      const versions = [...truth].flatMap(([id, found]) => (found ? [[id, found.version] as const] : []));
      note(wrong, new Map(versions), held);
    }
    return wrong;
  }
}

function note(
  wrong: Map<string, Wrong>,
  truth: ReadonlyMap<string, number>,
  held: readonly { id: string; version: number }[],
): void {
  const versions = new Map(held.map(({ id, version }) => [id, version]));
  for (const [id, version] of truth) {
    if (!versions.has(id)) wrong.set(id, 'missing');
    else if (versions.get(id) !== version) wrong.set(id, 'stale');
  }
  for (const id of versions.keys()) if (!truth.has(id)) wrong.set(id, 'stray');
}
