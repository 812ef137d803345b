import type { Identity } from '@central-index/accounts';
import { decide } from '@central-index/namespaces';
import { BatchedRead, ChangeListener, Database, InvalidatingCache } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RepositoryFactsRow } from './repository';
import { selectDecisionFacts, selectFacts } from './repository-facts.queries';
import { toFacts } from './repository-row';

/** Facts by path. A path that cannot be the name of a repository is left out. */
export type FactsByPath = Map<string, RepositoryFactsRow>;

interface RequestedFacts {
  readonly path: string;
  /** The account whose push grant is read. */
  readonly accountId: string | null;
}

interface CachedFacts {
  readonly facts: RepositoryFactsRow;
  /** True if they were read for a caller who may not pull. */
  readonly wereReadForOutsider: boolean;
}

/** What decisions about names depend on: current, or cached until a row changes. */
@Injectable()
export class RepositoryFactsService {
  private readonly cache: InvalidatingCache<CachedFacts>;
  private readonly reads = new BatchedRead((wanted: readonly RequestedFacts[]) => this.read(wanted));

  constructor(
    private readonly database: Database,
    changes: ChangeListener,
  ) {
    this.cache = new InvalidatingCache(changes, { lifetimeMs: 60_000, capacity: 20_000 });
  }

  /**
   * The facts of all paths as they are now; outside of a transaction, one query reads those of concurrent requests. Decisions
   * about writes depend on these. With an account, they contain its push grants.
   */
  async find(
    paths: readonly string[],
    accountId: string | null = null,
    manager?: EntityManager,
  ): Promise<FactsByPath> {
    const wanted = paths.map((path) => ({ path, accountId }));
    const found =
      manager === undefined
        ? await Promise.all(wanted.map((one) => this.reads.get(one)))
        : await this.read(wanted, manager);
    const facts: FactsByPath = new Map();
    for (const [n, one] of found.entries()) if (one !== undefined) facts.set(paths[n]!, one);
    return facts;
  }

  /**
   * The facts of one path, by a statement whose cost does not depend on whether a repository of that name exists. A
   * decision needs no more; what is shown of the repository is read after it.
   */
  async findOne(path: string): Promise<RepositoryFactsRow | undefined> {
    const row = await this.database.queryOne(selectDecisionFacts, [path]);
    return row && toFacts(row);
  }

  /**
   * The facts of several paths for decisions about reads of a caller: from the cache, and by one query for the paths that
   * are not in it. What was read for callers who may pull is read again for one who may not: a fast refusal would reveal
   * that the name is in use.
   */
  async findCached(paths: readonly string[], identity: Identity): Promise<FactsByPath> {
    const facts: FactsByPath = new Map();
    for (const path of paths) {
      const cached = this.cache.get(path);
      if (cached === undefined) continue;
      if (cached.wereReadForOutsider || mayPull(identity, cached.facts)) facts.set(path, cached.facts);
    }
    const missing = paths.filter((path) => !facts.has(path));
    if (missing.length === 0) return facts;
    const commit = this.cache.beginFill();
    for (const [path, one] of await this.find(missing)) {
      const wereReadForOutsider = !mayPull(identity, one);
      commit(path, { facts: one, wereReadForOutsider }, [
        `repository:${path}`,
        `namespace:${one.name.namespace}`,
      ]);
      facts.set(path, one);
    }
    return facts;
  }

  private async read(
    wanted: readonly RequestedFacts[],
    manager?: EntityManager,
  ): Promise<(RepositoryFactsRow | undefined)[]> {
    const values = [wanted.map(({ path }) => path), wanted.map(({ accountId }) => accountId)];
    const found = new Array<RepositoryFactsRow | undefined>(wanted.length).fill(undefined);
    const rows = await this.database.query(selectFacts, values, manager);
    for (const row of rows) found[row.n - 1] = toFacts(row);
    return found;
  }
}

function mayPull(identity: Identity, facts: RepositoryFactsRow): boolean {
  return decide(identity, 'pull', facts).allowed;
}
