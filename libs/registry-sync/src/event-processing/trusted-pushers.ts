import { Injectable } from '@nestjs/common';
import { Database } from '@central-index/platform/database';
import type { Registry } from '@central-index/registries';
import type { EntityManager } from 'typeorm';
import type { PendingEvent, PusherLookup } from './event-resolution';
import { selectAllPushGrants, selectPushGrants } from './trusted-pushers.queries';

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Finds the accounts behind push events. The actor in an event proves nothing: it is trusted only if that account was
 * granted a push to the repository within the day before. zot names no actor: then it is the account that was granted a
 * push within that day, if no other one was.
 */
@Injectable()
export class TrustedPushers {
  constructor(private readonly database: Database) {}

  /** Reads the push grants of a repository for the actors of these events. */
  async find(
    manager: EntityManager,
    registry: Registry,
    repositoryId: string,
    events: readonly PendingEvent[],
  ): Promise<PusherLookup> {
    if (registry.kind === 'zot') return this.findSoleGrants(manager, repositoryId);
    const names = events.flatMap(({ event }) => (event.kind === 'push' ? (event.actor ?? []) : []));
    if (names.length === 0) return () => null;
    const rows = await this.database.query(selectPushGrants, [repositoryId, [...new Set(names)]], manager);
    const grants = new Map(rows.map((row) => [row.name, row]));
    return ({ event }, at) => {
      const grant = event.kind === 'push' ? grants.get(event.actor ?? '') : undefined;
      return grant !== undefined && isTrusted(grant, at) ? grant.id : null;
    };
  }

  private async findSoleGrants(manager: EntityManager, repositoryId: string): Promise<PusherLookup> {
    const grants = await this.database.query(selectAllPushGrants, [repositoryId], manager);
    return ({ event }, at) => {
      // The index's own copies are pushes of no account.
      if (event.kind !== 'push' || event.own) return null;
      const trusted = grants.filter((grant) => isTrusted(grant, at));
      return trusted.length === 1 ? trusted[0]!.id : null;
    };
  }
}

const isTrusted = ({ grantedAt }: { readonly grantedAt: Date }, at: Date): boolean =>
  grantedAt.getTime() > at.getTime() - dayMs;
