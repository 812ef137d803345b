import type { Client } from 'pg';
import { notify, selectListeners } from './change-listener.queries';
import { runQuery } from './query';

/** The channel on which processes request confirmations of each other. */
export const peerSyncChannel = 'central_index_sync';

interface Round {
  /** Server processes (of PostgreSQL) of the listeners that have not confirmed yet. */
  readonly missing: Set<number>;
  readonly resolve: () => void;
}

/**
 * Confirmations between the change listeners of all processes. A request travels through the notification queue, so a
 * listener that confirms it has received everything that was committed before it.
 */
export class PeerSync {
  private readonly rounds = new Map<number, Round>();
  private requests = 0;

  /** `replyChannel` is a channel that only this process listens to. */
  constructor(private readonly replyChannel: string) {}

  /** Resolves when every other listener has received what is committed by now, but after `timeoutMs` at the latest. */
  async wait(client: Client, timeoutMs: number): Promise<void> {
    const round = (this.requests += 1);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    // A failure of this process's connection says nothing about the others, so it waits for their time to pass.
    await Promise.race([timeout, this.request(client, round).catch(() => timeout)]);
    clearTimeout(timer);
    this.rounds.delete(round);
  }

  /** Confirms the request of another process. `payload` is what it sent on `peerSyncChannel`. */
  async confirm(client: Client, payload: string): Promise<void> {
    const [, channel = '', round = ''] = /^(\w+):(\d+)$/.exec(payload) ?? [];
    if (channel === '' || channel === this.replyChannel) return;
    await runQuery(client, notify, [channel, `confirmed:${round}`]);
  }

  /** Takes a confirmation of the listener whose server process is `pid`; false if `payload` is something else. */
  receive(payload: string, pid: number): boolean {
    const round = /^confirmed:(\d+)$/.exec(payload)?.[1];
    if (round === undefined) return false;
    const { missing, resolve } = this.rounds.get(Number(round)) ?? {};
    missing?.delete(pid);
    if (missing?.size === 0) resolve?.();
    return true;
  }

  private async request(client: Client, round: number): Promise<void> {
    // A process that begins to listen after this has nothing cached that is older.
    const { rows } = await runQuery(client, selectListeners);
    if (rows.length === 0) return;
    const confirmed = new Promise<void>((resolve) => {
      this.rounds.set(round, { missing: new Set(rows.map(({ pid }) => pid)), resolve });
    });
    await runQuery(client, notify, [peerSyncChannel, `${this.replyChannel}:${round}`]);
    await confirmed;
  }
}
