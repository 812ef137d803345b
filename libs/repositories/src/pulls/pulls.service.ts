import type { Identity } from '@central-index/accounts';
import { isDigest } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import { RepositoriesService } from '../repository/repositories.service';

/** Pulls of one day, in UTC. */
export interface PullDay {
  /** As in 2026-01-31. */
  readonly day: string;
  readonly pulls: number;
  /** By tag, the most pulled first. */
  readonly tags: readonly { readonly name: string; readonly pulls: number }[];
  /** Of those that asked for no tag. */
  readonly byDigest: number;
}

/** Pulls of a period. */
export interface Pulls {
  readonly pulls: number;
  /** Days without pulls are left out. */
  readonly days: readonly PullDay[];
}

/** How often repositories were pulled, when. */
@Injectable()
export class PullsService {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
  ) {}

  /** Pulls of a repository from one day to another, both included. Throws NOT_FOUND. */
  async find(identity: Identity, path: string, period: { from: string; to: string }): Promise<Pulls> {
    const { view } = await this.repositories.require(identity, path, 'view');
    const rows = await this.database.rows<{ day: string; reference: string; pulls: number }>(
      `select to_char(day, 'YYYY-MM-DD') as day, reference, pulls::float8 as pulls from pull_count
        where repository_id = $1 and day between $2 and $3 and pulls > 0
        order by pull_count.day, pulls desc, reference`,
      [view.id, period.from, period.to],
    );
    const days = new Map<string, typeof rows>();
    for (const row of rows) days.set(row.day, [...(days.get(row.day) ?? []), row]);
    return { pulls: sum(rows), days: [...days].map(([day, counts]) => toDay(day, counts)) };
  }
}

interface Count {
  readonly reference: string;
  readonly pulls: number;
}

const sum = (counts: readonly Count[]): number => counts.reduce((total, { pulls }) => total + pulls, 0);

function toDay(day: string, counts: readonly Count[]): PullDay {
  const tags = counts.filter(({ reference }) => !isDigest(reference));
  return {
    day,
    pulls: sum(counts),
    tags: tags.map(({ reference, pulls }) => ({ name: reference, pulls })),
    byDigest: sum(counts) - sum(tags),
  };
}
