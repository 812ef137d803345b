import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import type { EntityManager } from 'typeorm';
import type { PendingEvent, PusherLookup } from './event-resolution';
import { selectPushGrants } from './trusted-pushers.queries';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Finds the accounts behind push events. The actor in an event proves nothing: it is trusted only if that account was
 * granted a push to the repository within the day before.
 */
@Injectable()
export class TrustedPushers {
  constructor(private readonly database: Database) {}

  /** Reads the push grants of a repository for the actors of these events. */
  async find(
    manager: EntityManager,
    repositoryId: string,
    events: readonly PendingEvent[],
  ): Promise<PusherLookup> {
    const names = events.flatMap(({ event }) => (event.kind === 'push' ? (event.actor ?? []) : []));
    if (names.length === 0) return () => null;
    const rows = await this.database.query(selectPushGrants, [repositoryId, [...new Set(names)]], manager);
    const grants = new Map(rows.map((row) => [row.name, row]));
    return ({ event }, at) => {
      const grant = event.kind === 'push' ? grants.get(event.actor ?? '') : undefined;
      return grant !== undefined && grant.grantedAt.getTime() > at.getTime() - dayMs ? grant.id : null;
    };
  }
}
