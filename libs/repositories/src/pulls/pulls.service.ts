import type { Identity } from '@central-index/accounts';
import { isDigest } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import { RepositoriesService } from '../repository/repositories.service';
import { selectPullCounts, type PullCountRow } from './pulls.queries';

/** Pulls on one day. */
export interface PullDay {
  /** UTC, such as 2026-01-31. */
  readonly day: string;
  readonly pulls: number;
  /** By tag, most pulls first. */
  readonly tags: readonly { readonly name: string; readonly pulls: number }[];
  /** Pulls that requested a digest and no tag. */
  readonly byDigest: number;
}

/** Pulls in a period. */
export interface Pulls {
  readonly pulls: number;
  /** Days without pulls are left out. */
  readonly days: readonly PullDay[];
}

/** The numbers of pulls by day. */
@Injectable()
export class PullsService {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
  ) {}

  /** Pulls of a repository from one day to another, both included. Throws NOT_FOUND. */
  async find(identity: Identity, path: string, period: { from: string; to: string }): Promise<Pulls> {
    const { id } = await this.repositories.authorize(identity, path, 'view');
    const rows = await this.database.query(selectPullCounts, [id, period.from, period.to]);
    const days = new Map<string, PullCountRow[]>();
    for (const row of rows) days.set(row.day, [...(days.get(row.day) ?? []), row]);
    return { pulls: sum(rows), days: [...days].map(([day, counts]) => toDay(day, counts)) };
  }
}

const sum = (counts: readonly PullCountRow[]): number =>
  counts.reduce((total, { pulls }) => total + pulls, 0);

function toDay(day: string, counts: readonly PullCountRow[]): PullDay {
  const tags = counts.filter(({ reference }) => !isDigest(reference));
  return {
    day,
    pulls: sum(counts),
    tags: tags.map(({ reference, pulls }) => ({ name: reference, pulls })),
    byDigest: sum(counts) - sum(tags),
  };
}
