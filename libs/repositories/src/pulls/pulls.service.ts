import type { Identity } from '@central-index/accounts';
import { isTag } from '@central-index/naming';
import { Database } from '@central-index/platform/database';
import { Injectable } from '@nestjs/common';
import { RepositoriesService } from '../repository/repositories.service';
import { selectPullDays, selectPullDaysOfTag, type PullDayRow } from './pulls.queries';

/** Pulls on one day. */
export interface PullDay {
  /** UTC, such as 2026-01-31. */
  readonly day: string;
  readonly pulls: number;
  /** The tags that were pulled most, those first. */
  readonly tags: readonly { readonly name: string; readonly pulls: number }[];
  /**
   * The tags that are not listed, and how often they were pulled together; undefined if all are listed. Of a day with more
   * than 1,000 references, further tags and digests are only part of these pulls.
   */
  readonly otherTags?: { readonly tags: number; readonly pulls: number };
  /** Pulls that requested a digest and no tag. */
  readonly byDigest: number;
}

/** Pulls in a period. */
export interface Pulls {
  readonly pulls: number;
  /** Days without pulls are left out. */
  readonly days: readonly PullDay[];
}

/** Tags that are listed of a day, at most. */
export const maxTagsPerDay = 25;

/** Tags that are listed of all days of a period together, at most: of longer periods, each day lists fewer. */
export const maxTagsPerPeriod = 2_000;

const dayMs = 86_400_000;

/** The numbers of pulls by day. */
@Injectable()
export class PullsService {
  constructor(
    private readonly database: Database,
    private readonly repositories: RepositoriesService,
  ) {}

  /** Pulls of a repository, or of one of its tags, from one day to another, both included. Throws NOT_FOUND. */
  async find(
    identity: Identity,
    path: string,
    period: { readonly from: string; readonly to: string; readonly tag?: string },
  ): Promise<Pulls> {
    const { id } = await this.repositories.authorize(identity, path, 'view');
    if (period.tag !== undefined) return this.ofTag(id, { ...period, tag: period.tag });
    const days = (Date.parse(period.to) - Date.parse(period.from)) / dayMs + 1;
    const tagsPerDay = Math.min(maxTagsPerDay, Math.max(1, Math.floor(maxTagsPerPeriod / days)));
    const rows = await this.database.query(selectPullDays, [id, period.from, period.to, tagsPerDay]);
    return { pulls: sum(rows), days: rows.map(toDay) };
  }

  private async ofTag(
    id: string,
    { from, to, tag }: { readonly from: string; readonly to: string; readonly tag: string },
  ): Promise<Pulls> {
    // Other references are digests and the rest of a day with too many.
    const rows = isTag(tag) ? await this.database.query(selectPullDaysOfTag, [id, from, to, tag]) : [];
    const days = rows.map(({ day, pulls }) => ({ day, pulls, tags: [{ name: tag, pulls }], byDigest: 0 }));
    return { pulls: sum(rows), days };
  }
}

const sum = (counts: readonly { readonly pulls: number }[]): number =>
  counts.reduce((total, { pulls }) => total + pulls, 0);

function toDay({ day, pulls, byDigest, tagCount, tags }: PullDayRow): PullDay {
  const others = tagCount - tags.length;
  const rest = pulls - byDigest - sum(tags);
  const otherTags = others === 0 && rest === 0 ? undefined : { tags: others, pulls: rest };
  return { day, pulls, tags, byDigest, ...(otherTags && { otherTags }) };
}
